/* SPDX-License-Identifier: MIT */
/* bare.h - what main.c needs from a CPU. All addresses are physical, before and after. */
#ifndef BARE_H
#define BARE_H
#include "stubborn/kernel.h"

#define GIB		(1ull << 30)

uint8_t port_in(uint16_t port);
void port_out(uint16_t port, uint8_t value);

/* Whether [base, base + GIB) contains memory that we may use. main.c */
_Bool memory_in(const struct boot_info *bi, uint64_t base);

/* Switch from the stub's regime to our own tables, vectors and segments. NULL, or an error. */
const char *regime_take(const struct boot_info *bi);

void trap_cause(void);			/* cause an exception */
void trap_taken(uint64_t cause);	/* called by our vectors for it. main.c */
_Noreturn void stop(void);
#endif
