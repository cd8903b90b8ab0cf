/* SPDX-License-Identifier: MIT */
/* bare.h - what main.c asks of a CPU. All addresses are physical, before and after. */
#ifndef BARE_H
#define BARE_H
#include "stubborn/kernel.h"

#define GIB		(1ull << 30)

uint8_t port_in(uint16_t port);
void port_out(uint16_t port, uint8_t value);

/* Whether [base, base + GIB) has memory in it that is ours to use. main.c */
_Bool memory_in(const struct boot_info *bi, uint64_t base);

/* From the stub's regime to tables, vectors and segments of our own. Null, or why not. */
const char *own(const struct boot_info *bi);

void trap_cause(void);			/* provoke an exception */
void trap_taken(uint64_t cause);	/* what our vectors call for it. main.c */
_Noreturn void stop(void);
#endif
