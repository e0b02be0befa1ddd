; Shuts the processor down: an interrupt without an interrupt table.
%include "boot.inc"
start:
    cli
    lgdt [nothing]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    lidt [nothing]
    int3
nothing: times 6 db 0
