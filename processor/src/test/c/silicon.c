/*
 * Executes instructions on the processor of this machine. Reads records of struct input from standard
 * input and writes one struct output for each. Build: gcc -m32 -O1 -o silicon silicon.c
 *
 * ESI and EDI point to the 128 bytes of memory (16-byte aligned); the other registers, EFLAGS and the
 * FXSAVE image are as given.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

struct input {
  uint8_t code[16]; /* ended by C3h, RET */
  uint32_t eax, ecx, edx, ebx, eflags, pad[3];
  uint8_t fx[512];
  uint8_t memory[128];
};

struct output {
  uint32_t signal;
  uint32_t eax, ecx, edx, ebx, eflags, pad[2];
  uint8_t fx[512];
  uint8_t memory[128];
};

struct input in __attribute__((aligned(16)));
struct output out __attribute__((aligned(16)));
uint8_t memory[4096] __attribute__((aligned(4096)));
uint8_t fx_in[512] __attribute__((aligned(16)));
uint8_t fx_out[512] __attribute__((aligned(16)));
uint32_t saved_esp;
void *code;
extern char landing[];
void execute(void);

__asm__(
    ".text\n"
    ".globl execute\n"
    "execute:\n"
    "  pushal\n"
    "  movl %esp, saved_esp\n"
    "  fxrstor fx_in\n"
    "  movl in+16, %eax\n"
    "  movl in+20, %ecx\n"
    "  movl in+24, %edx\n"
    "  movl in+28, %ebx\n"
    "  movl $memory, %esi\n"
    "  movl $memory, %edi\n"
    "  pushl in+32\n"
    "  popfl\n"
    "  call *code\n"
    ".globl landing\n"
    "landing:\n"
    "  movl saved_esp, %esp\n"
    "  movl %eax, out+4\n"
    "  movl %ecx, out+8\n"
    "  movl %edx, out+12\n"
    "  movl %ebx, out+16\n"
    "  pushfl\n"
    "  popl out+20\n"
    "  fxsave fx_out\n"
    "  fninit\n"
    "  cld\n"
    "  popal\n"
    "  ret\n");

static void caught(int number, siginfo_t *info, void *context) {
  (void)info;
  ucontext_t *u = context;
  out.signal = number;
  u->uc_mcontext.gregs[REG_EIP] = (greg_t)landing;
}

int main(void) {
  static uint8_t alternate[65536];
  stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
  struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  sigaltstack(&stack, NULL);
  sigaction(SIGFPE, &action, NULL);
  sigaction(SIGILL, &action, NULL);
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
  code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (code == MAP_FAILED) {
    return 1;
  }
  static char buffer[1 << 16];
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  while (fread(&in, sizeof in, 1, stdin) == 1) {
    memset(&out, 0, sizeof out);
    memcpy(code, in.code, sizeof in.code);
    memcpy(memory, in.memory, sizeof in.memory);
    memcpy(fx_in, in.fx, sizeof fx_in);
    memcpy(fx_out, in.fx, sizeof fx_out);
    execute();
    memcpy(out.fx, fx_out, sizeof out.fx);
    memcpy(out.memory, memory, sizeof out.memory);
    fwrite(&out, sizeof out, 1, stdout);
  }
  return fflush(stdout) != 0;
}
