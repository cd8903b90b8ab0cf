/* SPDX-License-Identifier: MIT */
/* csr_fake.h - before a source of riscv64 that reads its registers: those that a test has set. */
#ifndef CSR_FAKE_H
#define CSR_FAKE_H
#include "arch/riscv64/boot/csr.h"

#undef csr_read
#undef csr_write
#define csr_read(name)		csr_fake.name
#define csr_write(name, value)	(csr_fake.name = (value))

static struct {
	uint64_t satp, scause, stval, sepc, stvec;
} csr_fake;
#endif
