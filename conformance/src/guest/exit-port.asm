; Writes 21 to port F4h: with --exit-port 0xf4 the run ends with status 43.
%include "boot.inc"
start:
    mov al, 21
    out 0xF4, al
.halt:
    hlt
    jmp .halt
