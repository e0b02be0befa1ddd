; Says that it is there and sleeps for ever, interrupts on.
%include "boot.inc"
%include "serial.inc"
start:
    call serial_open
    mov si, text
    call print
.halt:
    sti
    hlt
    jmp .halt
text: db "IDLE", 13, 10, 0
