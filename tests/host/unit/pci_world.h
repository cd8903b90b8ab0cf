/* SPDX-License-Identifier: MIT */
/* pci_world.h - the configuration space of all buses, by ECAM and by ports, and faults in it. */
#ifndef PCI_WORLD_H
#define PCI_WORLD_H
#include "kernel/dev/pci.h"
#include "arch/map.h"
#include "lib/console/panic.h"
#include "tests/host/unit/unit.h"

#define BASE	0xe0000000ull
#define BUS	(1u << 20)
#define AT(bus, device, function)	((uint32_t)(bus) << 20 | (device) << 15 | (function) << 12)

static const struct pci_space ecam = { .base = BASE, .last = 255 };

static uint8_t *world;			/* all of ECAM */
static uint32_t mapped, refused;	/* buses: mapped now; from here on they may not be ... */
static uint64_t refused_to;		/* ... up to here */
static uint32_t faults_at;		/* the access to this function faults; 0: none */
static uint32_t address;		/* CONFIG_ADDRESS */
static bool no_ports;			/* nothing answers there */

void *window_map(uint64_t pa, uint64_t size, enum arch_perm perm)
{
	assert_int_equal(perm, ARCH_IO);
	assert_int_equal(size, BUS);
	if (refused && pa >= BASE + (uint64_t)refused * BUS && pa < BASE + refused_to * BUS)
		return NULL;
	mapped++;
	return world + (pa - BASE);
}

void window_unmap(const void *p)
{
	mapped -= p != NULL;
}

static uint32_t accesses, fault_from, fault_to;	/* by ports: these fault, counted from 1 */
static jmp_buf *caught;

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	const struct {
		const void *ecam;
		struct pci_function *f;
	} *header = arg;
	const struct pci_function *f = header->f;

	(void)out;
	if (faults_at && AT(f->bus, f->device, f->function) == faults_at)
		return false;
	jmp_buf here, *volatile outer = caught;
	volatile bool well = false;

	caught = &here;
	if (!setjmp(here)) {
		fn(arg);
		well = true;
	}
	caught = outer;
	return well;
}

/* Each access by ports begins with this, before it takes the lock. */
uint64_t arch_irq_save(void)
{
	if (caught && ++accesses >= fault_from && accesses < fault_to)
		longjmp(*caught, 1);
	return 0;
}

void arch_irq_restore(uint64_t before)
{
	(void)before;
}

void arch_pause(void)
{
	fail();			/* the lock is free */
}

/* BARs keep some bits, and are written only while the function does not decode. */
static const uint32_t keeps[6] = { 0xffff0000, 0xfffffff0, 0xffffffff, 0xffe0, 0, 0xff000000 };
static uint32_t writes;

void arch_port_out32(uint16_t port, uint32_t value)
{
	const uint32_t devfn = address >> 8 & 0xff, word = (address & 0xff) / 4;
	uint32_t *header = (void *)(world + AT(address >> 16 & 0xff, devfn >> 3, devfn & 7));

	if (port == 0xcf8) {
		assert_true(!value || value >> 31);
		address = value;
		return;
	}
	assert_true(port == 0xcfc && address >> 31 && !(address & 3));
	writes++;
	if (word == 1) {
		assert_int_equal(value >> 16, 0);	/* status: ones clear it */
		header[1] = (header[1] & 0xffff0000) | value;
		return;
	}
	assert_true(word >= 4 && word < 10 && (!(header[1] & 3) || value == header[word]));
	header[word] = (value & keeps[word - 4]) | (header[word] & ~keeps[word - 4] & 15);
}

uint32_t arch_port_in32(uint16_t port)
{
	const uint32_t bus = address >> 16 & 0xff, devfn = address >> 8 & 0xff;
	uint32_t value;

	if (port == 0xcf8)
		return no_ports ? UINT32_MAX : address;
	assert_int_equal(port, 0xcfc);
	assert_true(address >> 31 && !(address & 3) && (address & 0xff) < 64);
	memcpy(&value, world + AT(bus, devfn >> 3, devfn & 7) + (address & 0xff), 4);
	return value;
}

static uint32_t *put(uint32_t at, uint32_t type)
{
	uint32_t *header = (void *)(world + at);

	memset(header, 0, 64);
	header[0] = 0x12340000u | (at >> 12 & 0x7fff);
	header[3] = type << 16;
	return header;
}

static void world_new(void)
{
	if (!world)
		world = malloc(256ull * BUS);
	assert_non_null(world);
	for (uint32_t i = 0; i < 1 << 16; i++)
		memset(world + i * 4096ull, 0xff, 64);
	refused = faults_at = 0;
	refused_to = 256;
}
#endif
