"""What is beside the glass: buttons and their lights, sensors, buzzer, fan, on a Pi's pins.

`parts` says what there may be, `debounce` and `pattern` decide over moments, `pins` is what a
driver must be able to do: `gpio` over gpiozero, `hardware.fake.panel` over a socket.
"""
