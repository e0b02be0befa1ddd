; Writes numbered records to the first two hard disks for ever, each record to the same place of both, has both disks flush
; their caches, and says "ACK number" (hexadecimal) on COM1.  Goes on after the number in sector 0 of the first disk.
; Record n: 8 sectors of dwords n, n + 1, n + 2, … from sector place * 1024 + 1, place = n * 7919 mod 16384, of disks of 8 GiB.
%include "boot.inc"
%include "serial.inc"

RECORD_SECTORS equ 8
RECORD equ 0xB000

start:
    call serial_open
    sti
    mov word [packet + 2], 1
    xor eax, eax
    mov [packet + 8], eax
    mov dl, 0x80
    mov ah, 0x42
    call transfer
    mov eax, [RECORD]
    mov [number], eax
    mov si, started
    call print
.next:
    inc dword [number]
    mov eax, [number]
    mov di, RECORD
    mov cx, RECORD_SECTORS * 128
.fill:
    stosd
    inc eax
    loop .fill
    mov eax, [number]
    imul eax, eax, 7919
    and eax, 16383
    shl eax, 10
    inc eax
    mov [packet + 8], eax
    mov word [packet + 2], RECORD_SECTORS
    mov dl, 0x80
    mov ah, 0x43
    call transfer
    mov dl, 0x81
    mov ah, 0x43
    call transfer
    mov al, 0xE0
    call flush
    mov al, 0xF0
    call flush
    mov si, acknowledged
    call print
    mov eax, [number]
    call print_hex
    call newline
    ; Where to go on; on stable storage with the next record.
    mov word [packet + 2], 1
    mov dword [packet + 8], 0
    mov dl, 0x80
    mov ah, 0x43
    call transfer
    jmp .next

transfer:                       ; AH 42h or 43h, DL the drive
    mov al, 0
    mov si, packet
    int 0x13
    jc failed
    ret

flush:                          ; AL: the Device register of a drive on the first channel; FLUSH CACHE, by polling
    mov dx, 0x1F6
    out dx, al
    call .ready
    mov al, 0xE7
    out dx, al
.ready:
    mov dx, 0x1F7
    in al, dx
    test al, 0x80
    jnz .ready
    test al, 0x21
    jnz failed
    ret

failed:
    push ax
    mov si, failure
    call print
    pop ax
    movzx eax, ax
    call print_hex
    call newline
.halt:
    hlt
    jmp .halt

started: db "WRITER STARTED", 13, 10, 0
acknowledged: db "ACK ", 0
failure: db "WRITER FAILED ", 0
    align 4
number: dd 0
packet: db 16, 0, 0, 0
    dw RECORD, 0
    dq 0
