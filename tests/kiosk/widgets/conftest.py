from tests.kiosk.screens.conftest import box

__all__ = ["box"]
