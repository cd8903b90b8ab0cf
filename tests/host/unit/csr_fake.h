/* SPDX-License-Identifier: MIT */
/*
 * csr_fake.h - include it before a riscv64 source: it then reads registers that the test has set.
 */
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
