"""QR codes for thermal paper: level Q and alphanumeric mode, one version smaller."""

import qrcode
from PIL import Image
from qrcode.exceptions import DataOverflowError
from qrcode.util import MODE_ALPHA_NUM, QRData

from hardware.errors import DeviceMisuse


def picture(text: str, module_dots: int) -> Image.Image:
    """The code as a 1-bit picture without its quiet zone.

    Raises:
        DeviceMisuse: `text` is too long, or not what alphanumeric mode can hold.
    """
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=0)
    try:
        code.add_data(QRData(text.encode(), mode=MODE_ALPHA_NUM))
        code.make(fit=True)
    except (ValueError, DataOverflowError) as error:
        raise DeviceMisuse("the text does not fit an alphanumeric QR code") from error
    modules = code.get_matrix()
    side = len(modules)
    small = Image.new("1", (side, side))
    small.putdata([0 if dark else 255 for row in modules for dark in row])
    return small.resize((side * module_dots, side * module_dots), Image.Resampling.NEAREST)
