; INT 13h on three hard disks (80h to 82h) and a CD (E0h), and reports on COM1, one "INT13 drive name=value" a line.
; Writes to each disk: its last sector, 16 sectors from 2048, the first sector of cylinder 1, head 1, and, where there is
; one, sector 10000005h, past the end of 28-bit addresses.  What it writes begins with the drive and the sector.
; At "INT13 LOCKED" and "INT13 CHANGE" it waits for a byte on COM1.
%include "boot.inc"
%include "serial.inc"

PATTERN equ 0xB000              ; up to 16 sectors
FOUND   equ 0xD000
MOST_SECTORS equ 16

%macro report 2                 ; name, 32-bit value
    mov [value], %2
    mov si, %%name
    call line
    jmp %%on
%%name: db " ", %1, "=", 0
%%on:
%endmacro

start:
    call serial_open
    sti
    mov byte [drive], 0x80
.next:
    call disk
    inc byte [drive]
    cmp byte [drive], 0x83
    jb .next
    mov byte [drive], 0xE0
    call cd
    mov si, done_text
    call print
.halt:
    hlt
    jmp .halt

disk:
    mov ah, 0x41
    mov bx, 0x55AA
    mov dl, [drive]
    int 0x13
    movzx eax, bx
    report "edd", eax
    mov ah, 8
    mov dl, [drive]
    int 0x13
    push 0
    pop es
    movzx eax, dh
    inc eax
    mov [heads], eax
    report "heads", eax
    and ecx, 0x3F
    mov [per_track], ecx
    report "per_track", ecx
    call parameters
    mov eax, [result + 16]
    report "sectors_low", eax
    mov eax, [result + 20]
    report "sectors_high", eax
    ; the last sector
    mov eax, [result + 16]
    mov edx, [result + 20]
    sub eax, 1
    sbb edx, 0
    mov cx, 1
    call exchange
    report "last", eax
    mov eax, 2048
    xor edx, edx
    mov cx, MOST_SECTORS
    call exchange
    report "run", eax
    cmp dword [result + 20], 0
    jne .long
    cmp dword [result + 16], 0x10000006
    jb .short
.long:
    mov eax, 0x10000005
    xor edx, edx
    mov cx, 1
    call exchange
    report "lba48", eax
.short:
    ; past the end
    mov eax, [result + 16]
    mov edx, [result + 20]
    mov cx, 1
    mov bx, FOUND
    mov byte [operation], 0x42
    call transfer
    report "past_end", eax
    ; by cylinder, head and sector, seen by sector number
    mov eax, [heads]
    inc eax
    imul eax, [per_track]
    xor edx, edx
    mov cx, 1
    call make
    mov ax, 0x0301
    mov bx, PATTERN
    mov cx, 0x0101
    mov dh, 1
    mov dl, [drive]
    int 0x13
    movzx eax, ah
    report "chs_write", eax
    call check
    report "chs", eax
    mov ax, 0x0401
    mov cx, 0x0101
    mov dh, 1
    mov dl, [drive]
    int 0x13
    movzx eax, ah
    report "verify", eax
    ret

cd:
    call parameters
    movzx eax, word [result + 24]
    report "sector_bytes", eax
    mov eax, 16
    xor edx, edx
    mov cx, 1
    mov bx, FOUND
    mov byte [operation], 0x42
    call transfer
    report "read", eax
    mov eax, [FOUND + 1]
    report "descriptor", eax
    mov eax, 2621438            ; past 4 GiB, on a DVD of 5 GiB
    xor edx, edx
    mov cx, 1
    call transfer
    report "far", eax
    mov eax, [FOUND]
    report "far_data", eax
    mov ax, 0x4500              ; lock
    mov dl, [drive]
    int 0x13
    movzx eax, ah
    report "lock", eax
    mov si, locked_text
    call ask
    mov ax, 0x4600              ; eject: not while it is locked
    mov dl, [drive]
    int 0x13
    setc al
    movzx eax, al
    report "eject_refused", eax
    mov ax, 0x4501              ; unlock
    mov dl, [drive]
    int 0x13
    movzx eax, ah
    report "unlock", eax
    mov ax, 0x4600
    mov dl, [drive]
    int 0x13
    movzx eax, ah
    report "eject", eax
    mov si, change_text
    call ask
    mov byte [tries], 10        ; the first read only tells that the disc is another
.again:
    mov eax, 16
    xor edx, edx
    mov cx, 1
    mov bx, FOUND
    mov byte [operation], 0x42
    call transfer
    test eax, eax
    jz .changed
    dec byte [tries]
    jnz .again
.changed:
    report "changed", eax
    mov eax, [FOUND + 40]       ; the volume's name
    report "volume", eax
    ret

ask:                            ; SI: what to say; returns when a byte has come on COM1
    call print
    mov dx, COM1 + 5
.nothing:
    in al, dx
    test al, 1
    jz .nothing
    mov dx, COM1
    in al, dx
    ret

parameters:                     ; AH=48h into [result]
    mov word [result], 0x1E
    mov ah, 0x48
    mov dl, [drive]
    mov si, result
    int 0x13
    ret

; EDX:EAX sector, CX sectors: writes them by AH=43h, reads them back by AH=42h; EAX 1 if all is well
exchange:
    call make
    mov bx, PATTERN
    mov byte [operation], 0x43
    call packet_transfer
    test eax, eax
    jnz check.bad
check:                          ; reads what `make` made, and compares
    mov bx, FOUND
    mov byte [operation], 0x42
    mov di, FOUND
    mov cx, MOST_SECTORS * 256
    xor ax, ax
    rep stosw
    call packet_transfer
    test eax, eax
    jnz .bad
    mov si, PATTERN
    mov di, FOUND
    mov cx, [packet + 2]
    shl cx, 8
    repe cmpsw
    jne .bad
    mov eax, 1
    ret
.bad:
    xor eax, eax
    ret

make:                           ; fills PATTERN for sector EDX:EAX, CX sectors, and notes them in [packet]
    mov [packet + 8], eax
    mov [packet + 12], edx
    mov [packet + 2], cx
    mov di, PATTERN
.sector:
    mov bl, [drive]
    mov [di], bl
    mov byte [di + 1], 0x13
    mov word [di + 2], 0x544A
    mov [di + 4], eax
    mov [di + 8], edx
    mov bx, 12
.rest:
    mov [di + bx], bl
    inc bx
    cmp bx, 512
    jb .rest
    add di, 512
    inc eax
    loop .sector
    ret

transfer:                       ; EDX:EAX sector, CX sectors, BX where; EAX the status
    mov [packet + 8], eax
    mov [packet + 12], edx
    mov [packet + 2], cx
packet_transfer:
    mov [packet + 4], bx
    mov ah, [operation]
    mov al, 0
    mov dl, [drive]
    mov si, packet
    int 0x13
    movzx eax, ah
    ret

line:                           ; SI: name, [value]
    push si
    mov si, prefix
    call print
    movzx eax, byte [drive]
    call print_hex
    pop si
    call print
    mov eax, [value]
    call print_hex
    jmp newline

prefix: db "INT13 ", 0
done_text: db "INT13 DONE", 13, 10, 0
locked_text: db "INT13 LOCKED", 13, 10, 0
change_text: db "INT13 CHANGE", 13, 10, 0
tries: db 0
drive: db 0
operation: db 0
    align 4
value: dd 0
heads: dd 0
per_track: dd 0
packet: db 16, 0
    times 14 db 0
result: times 0x1E db 0
