/* SPDX-License-Identifier: MIT */
/* psci.h - calls of PSCI firmware, which switches CPUs on and off (Arm DEN0022, SMCCC DEN0028). */
#ifndef PSCI_H
#define PSCI_H
#include "arch/machine.h"
#include "lib/base.h"

enum psci { PSCI_NONE, PSCI_SMC, PSCI_HVC };

/* DEN0022D 5.2.2: returned by calls */
enum {
	PSCI_SUCCESS = 0, PSCI_DENIED = -3, PSCI_ALREADY_ON = -4, PSCI_ON_PENDING = -5,
	PSCI_INTERNAL = -6, PSCI_NOT_PRESENT = -7, PSCI_DISABLED = -8, PSCI_INVALID_ADDRESS = -9,
};

#define PSCI_CPU_OFF		0x84000002u
#define PSCI_CPU_ON		0xc4000003u	/* 64-bit: MPIDR, entry, context */
#define PSCI_AFFINITY_INFO	0xc4000004u	/* 64-bit: MPIDR, level */
#define PSCI_IS_ON		0		/* AFFINITY_INFO's answers */
#define PSCI_IS_OFF		1
#define PSCI_IS_COMING		2
#define PSCI_SYSTEM_OFF		0x84000008u
#define PSCI_SYSTEM_RESET	0x84000009u

/* The conduit, from the device tree or else the FADT. PSCI_NONE: neither offers PSCI. */
enum psci psci_find(const struct machine *m);

/* Call a function; returns its result, PSCI_*. `by` must not be PSCI_NONE. Any CPU. */
int32_t psci_call(enum psci by, uint32_t function, uint64_t a, uint64_t b, uint64_t c);
#endif
