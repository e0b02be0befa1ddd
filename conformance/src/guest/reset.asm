; Resets the machine through the reset control register.
%include "boot.inc"
start:
    mov dx, 0xCF9
    mov al, 2
    out dx, al
    mov al, 6
    out dx, al
.halt:
    hlt
    jmp .halt
