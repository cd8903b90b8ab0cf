/* SPDX-License-Identifier: MIT */
/*
 * riscv64.c - firmware's timer, and a second hart started by firmware (SBI specification 2.0, 6 and
 * 9): neither needs a device. A kernel for other boards reads the harts from the device tree.
 */
#include "arch/boot.h"
#include "devices.h"
#include "riscv64.h"

#define SBI_BASE	0x10
#define SBI_PROBE	3
#define SBI_TIME	0x54494d45u
#define SBI_HSM		0x48534du
#define SBI_START	0
#define SCAUSE_TIMER	(1ull << 63 | 5)
#define SIE_TIMER	(1u << 5)
#define SSTATUS_SIE	(1u << 1)
#define SSTATUS_FS	(3u << 13)
#define TICKS_A_SECOND	100

#define CSR_READ(name) ({ uint64_t value_; \
	__asm__ volatile("csrr %0, " #name : "=r"(value_) :: "memory"); value_; })
#define CSR_WRITE(name, value) \
	__asm__ volatile("csrw " #name ", %0" :: "r"(value) : "memory")
#define CSR_SET(name, bits) \
	__asm__ volatile("csrs " #name ", %0" :: "r"((uint64_t)(bits)) : "memory")

struct state {
	uint64_t satp, stvec, stack, arrived;
};
_Static_assert(__builtin_offsetof(struct state, arrived) == STATE_ARRIVED, "riscv64.h");

extern const char vectors[];
void second_entry(void);
void irq_handle(void);

uint64_t stub_vectors;		/* riscv64.S */
static volatile struct state second_state;
static uint64_t period;

/* SBI's error, which is negative, or what was asked for */
static int64_t sbi(uint64_t extension, uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t a0 __asm__("a0") = a;
	register uint64_t a1 __asm__("a1") = b;
	register uint64_t a2 __asm__("a2") = c;
	register uint64_t a6 __asm__("a6") = function;
	register uint64_t a7 __asm__("a7") = extension;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
	return (int64_t)(a0 ? a0 : a1);
}

const char *machine_start(const struct boot_info *bi)
{
	if (sbi(SBI_BASE, SBI_PROBE, SBI_TIME, 0, 0) <= 0 ||
	    sbi(SBI_BASE, SBI_PROBE, SBI_HSM, 0, 0) <= 0)
		return "firmware has no timer or starts no harts";
	if (!bi->counter_hz)
		return "no timebase-frequency";
	period = bi->counter_hz / TICKS_A_SECOND;
	stub_vectors = CSR_READ(stvec);
	CSR_WRITE(stvec, vectors);
	return NULL;
}

void float_on(void)
{
	CSR_SET(sstatus, SSTATUS_FS);
	__asm__ volatile("fscsr zero");
}

static void timer_next(void)
{
	sbi(SBI_TIME, 0, CSR_READ(time) + period, 0, 0);	/* also ends the one before */
}

void timer_start(void)
{
	timer_next();
	CSR_WRITE(sie, SIE_TIMER);
	CSR_SET(sstatus, SSTATUS_SIE);
}

void irq_handle(void)
{
	if (CSR_READ(scause) != SCAUSE_TIMER)
		return;
	timer_tick();
	timer_next();
}

void wait_interrupt(void)
{
	__asm__ volatile("wfi" ::: "memory");
}

static bool hart_start(uint64_t hart)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);	/* ECALL does not order what it will read */
	return sbi(SBI_HSM, SBI_START, hart, (uint64_t)second_entry,
		   (uint64_t)&second_state) >= 0;
}

/*
 * OpenSBI before 1.3 may start a hart at the image's entry, where it stops. A hart that is starting
 * or runs cannot be started, so it does no harm to try again.
 */
const char *second_start(const struct boot_info *bi, void *top)
{
	const uint64_t since = CSR_READ(time);

	second_state = (struct state){ CSR_READ(satp), CSR_READ(stvec), (uint64_t)top, 0 };
	if (!hart_start(bi->cpu_id ^ 1))
		return "firmware has no other hart";
	while (!second_state.arrived && CSR_READ(time) - since < bi->counter_hz)
		hart_start(bi->cpu_id ^ 1);
	return NULL;
}
