/* SPDX-License-Identifier: MIT */
/*
 * monitor.h - commands for the running machine, typed at the console or given as run=.
 *
 * Runs on the boot CPU after the report, on the boot stack, with interrupts as the kernel has set
 * them. The prompt tells how the previous command ended, so that a program can drive the monitor
 * line by line.
 */
#ifndef MONITOR_H
#define MONITOR_H
#include "kernel/kernel.h"

#define MONITOR_WORDS	16	/* of one command, including its name */

struct command {
	const char *name, *args, *help;	/* as help shows them */
	uint32_t number;
	bool alters;		/* can write anywhere: refused under Secure Boot */
};

/*
 * Advance to the next command in alphabetical order, from { 0 } to the first. False if there is
 * none.
 */
bool command_next(struct command *c);

/* The command of that name. False if there is none. */
bool command_named(const char *name, struct command *c);

/*
 * Run command `c`: `n` words, of which words[0] is its name. False if it failed, after printing
 * why; also if the words do not match `args`: command_NAME() gets at least those that are not in
 * brackets.
 */
bool command_run(struct kernel *k, uint32_t n, char **words, const struct command *c);

/* Read and run commands for ever. */
_Noreturn void monitor_run(struct kernel *k);

/*
 * Run the commands in text[0..size), separated by ';' (not between quotes, as in again run="a; b").
 * False: one failed; the rest was not run.
 */
bool monitor_text(struct kernel *k, const char *text, uint64_t size);

/* ---- for commands ---- */

/* Print "error: ..." and a newline; always false. */
bool monitor_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Parse a number: decimal, or hexadecimal with 0x; a suffix K, M, G or T multiplies it by a power
 * of 1024. False, after printing an error, if it is none or exceeds 64 bits.
 */
bool monitor_number(const char *word, uint64_t *out);

/*
 * Parse an address of the current regime; "@ADDR" is a physical one and is converted. False, after
 * printing an error, if it is not a number or physical and not below ARCH_REACH.
 */
bool monitor_address(const struct kernel *k, const char *word, uint64_t *out);

/* The commands that follow the current one in monitor_text()'s text. */
struct word monitor_rest(void);

/* Whether a key was pressed. If so, print the error that ends long output, and discard the key. */
bool monitor_stopped(void);

/*
 * Read or write under trap_try; `width` is 1, 2, 4 or 8 bytes. False, after printing an error, if
 * it faulted.
 */
bool monitor_read(uint64_t at, uint32_t width, uint64_t *out);
bool monitor_write(uint64_t at, uint32_t width, uint64_t value);

/*
 * Print `size` readable bytes in hexadecimal and as text, with the addresses they have now.
 * cmd_memory.c
 */
void monitor_dump(const void *bytes, uint64_t size);

/*
 * Parse bytes: 0x and two digits for each, in memory order, or else the characters of the word.
 * False, after printing an error, if it is malformed or has more than MONITOR_BYTES. cmd_memory.c
 */
#define MONITOR_BYTES	64
bool monitor_bytes(const char *word, uint8_t *out, uint32_t *size);

/* cmd_*.c */
bool command_acpi(struct kernel *k, uint32_t n, char **words);
bool command_again(struct kernel *k, uint32_t n, char **words);
bool command_cpus(struct kernel *k, uint32_t n, char **words);
bool command_crash(struct kernel *k, uint32_t n, char **words);
bool command_dump(struct kernel *k, uint32_t n, char **words);
bool command_efivar(struct kernel *k, uint32_t n, char **words);
bool command_fdt(struct kernel *k, uint32_t n, char **words);
bool command_fill(struct kernel *k, uint32_t n, char **words);
bool command_find(struct kernel *k, uint32_t n, char **words);
bool command_help(struct kernel *k, uint32_t n, char **words);
bool command_info(struct kernel *k, uint32_t n, char **words);
bool command_initrd(struct kernel *k, uint32_t n, char **words);
bool command_input(struct kernel *k, uint32_t n, char **words);
bool command_irq(struct kernel *k, uint32_t n, char **words);
bool command_log(struct kernel *k, uint32_t n, char **words);
bool command_mem(struct kernel *k, uint32_t n, char **words);
bool command_memtest(struct kernel *k, uint32_t n, char **words);
bool command_pci(struct kernel *k, uint32_t n, char **words);
bool command_peek(struct kernel *k, uint32_t n, char **words);
bool command_poke(struct kernel *k, uint32_t n, char **words);
bool command_poweroff(struct kernel *k, uint32_t n, char **words);
bool command_pt(struct kernel *k, uint32_t n, char **words);
bool command_reboot(struct kernel *k, uint32_t n, char **words);
bool command_regs(struct kernel *k, uint32_t n, char **words);
bool command_selftest(struct kernel *k, uint32_t n, char **words);
bool command_smbios(struct kernel *k, uint32_t n, char **words);
bool command_timeline(struct kernel *k, uint32_t n, char **words);
bool command_time(struct kernel *k, uint32_t n, char **words);
bool command_walk(struct kernel *k, uint32_t n, char **words);
#endif
