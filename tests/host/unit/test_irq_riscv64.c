/* SPDX-License-Identifier: MIT */
/*
 * test_irq_riscv64.c - which of a device tree's interrupt controllers is the boot hart's, and the
 * values in its node; an APLIC's registers as in its manual.
 */
#include "tests/host/unit/dtc.h"
#include "kernel/irq/madt.h"
#include "arch/riscv64/boot/csr.h"

static uint64_t iselect, ireg[256], topei;

#define EIDELIVERY	0x70
#define EIP0		0x80

static uint64_t *csr_number(uint32_t number)
{
	assert_true(number == 0x150 || number == 0x151);
	if (number == 0x151 && iselect >= EIP0)
		assert_false(ireg[EIDELIVERY]);		/* no interrupt may come meanwhile */
	return number == 0x150 ? &iselect : &ireg[iselect];
}

#undef csr_read
#undef csr_write
#undef csr_swap
#define csr_read(name)		(*csr_number(name))
#define csr_write(name, value)	(*csr_number(name) = (value))
#define csr_swap(name, value)	(assert_true((name) == 0x15c && !(value)), topei)
#undef ARCH_IRQS
#define ARCH_IRQS 1020
#undef EIDELIVERY
#undef EIP0
#include "arch/riscv64/kernel/aplic.c"
#include "arch/riscv64/boot/tree.c"
#include "arch/riscv64/kernel/irq_limits.c"
#include "arch/riscv64/kernel/irq_find.c"

const char *irq_madt(const struct machine *m, uint64_t id, struct irq_devices *out)
{
	assert_true(!m->dtb && id == 1 && out);
	return "asked";
}

struct irq_devices irq_devices;

/* ---- the tree ---- */

#define HART(n) "cpu@" #n " { device_type = \"cpu\"; reg = <" #n ">;"		\
	"  interrupt-controller { compatible = \"riscv,cpu-intc\"; phandle = <0x7" #n ">; }; };"
#define TREE(nodes) "/ { #address-cells = <2>; #size-cells = <2>;"			\
	"  cpus { #address-cells = <1>; #size-cells = <0>; " HART(0) HART(1) HART(2) " };"	\
	nodes " };"
#define PLIC(more) "p: plic { compatible = \"sifive,plic-1.0.0\", \"riscv,plic0\";"	\
	"  reg = <0 0xc000000 0 0x600000>; riscv,ndev = <96>; " more " };"
#define BOTH	"interrupts-extended = <0x70 11>, <0x70 9>, <0x71 11>, <0x71 9>;"
#define APLIC(more) "aplic { compatible = \"q,aplic\", \"riscv,aplic\";"		\
	"  reg = <0 0xd000000 0 0x8000>; riscv,num-sources = <96>; " more " };"
#define FOR_S	"interrupts-extended = <0x72 9>, <0x70 9>, <0x71 9>;"
#define FOR_M	"interrupts-extended = <0x72 11>, <0x70 11>, <0x71 11>;"
#define IMSIC(phandle, more) "i" #phandle ": imsics@" #phandle " {"			\
	"  compatible = \"riscv,imsics\"; phandle = <" #phandle ">; " more " };"
#define FILES	"riscv,num-ids = <255>; reg = <0 0x28000000 0 0x3000>; " FOR_S

#define BUT(label, more) "&" label " { " more " };"	/* after a tree: other values */

static struct irq_devices found;

static const struct acpi_header *madt(void *cookie, uint32_t signature)
{
	static const struct madt table = { .header.length = sizeof(table) };

	(void)cookie;
	assert_int_equal(signature, MADT_SIGNATURE);
	return &table.header;
}

static const char *find(const char *dts)
{
	size_t size;
	void *blob = dtc(dts, &size);
	const struct machine m = { .dtb = blob, .dtb_size = size };
	const char *why = irq_find(&m, 1, &found);

	free(blob);
	return why;
}

static void test_plic(void **state)
{
	(void)state;
	assert_null(find(TREE(PLIC(BOTH))));
	assert_true(!found.aplic && found.place == 3 && found.sources == 96);
	assert_true(found.range.base == 0xc000000 && found.range.size == 0x204000);
	assert_null(find(TREE(PLIC(BOTH)) BUT("p", "riscv,ndev = <1023>;")));
	assert_int_equal(found.sources, 1007);
	assert_string_equal(find(TREE(PLIC(FOR_M))), none);
	assert_string_equal(find(TREE("")), none);
	assert_string_equal(find(TREE(PLIC(BOTH)) BUT("p", "status = \"disabled\";")), none);
	assert_string_equal(find(TREE(PLIC(BOTH)) BUT("p", "status = \"reserved\";")), none);
	assert_string_equal(find(TREE(PLIC(BOTH)) BUT("p", "status = \"fail-sss\";")), none);
	assert_null(find(TREE(PLIC(BOTH)) BUT("p", "status = \"okay\";")));
	for (uint32_t i = 0; i < 4; i++) {
		static const char *const name[] = {
			"sifive,plic-1.0.0", "riscv,plic0", "thead,c900-plic", "riscv,plic1",
		};
		char text[sizeof(TREE(PLIC(BOTH)) BUT("p", "")) + 60];

		snprintf(text, sizeof(text), "%s &p { compatible = \"%s\"; };",
			 TREE(PLIC(BOTH)), name[i]);
		assert_true(find(text) == (i < 3 ? NULL : none));
	}
	/* a hart without a controller of its own: zeros in the list are not it */
	assert_string_equal(find(TREE(PLIC("interrupts-extended = <0 9>;"))
				 "&{/cpus/cpu@1/interrupt-controller} {"
				 "  /delete-property/ phandle; };"), none);
	assert_string_equal(irq_find(&(struct machine){ 0 }, 1, &found), none);
	assert_string_equal(irq_find(&(struct machine){ .table = madt }, 1, &found), "asked");
}

#define PLIC_UNUSABLE(more)								\
	assert_string_equal(find(TREE(PLIC(BOTH)) BUT("p", more)), "the PLIC's node is not usable")
#define APLIC_UNUSABLE(more)								\
	assert_string_equal(find(TREE("a: " APLIC(FOR_S)) BUT("a", more)),		\
			    "the APLIC's node is not usable")

static void test_values(void **state)
{
	(void)state;
	PLIC_UNUSABLE("riscv,ndev = <0>;");
	PLIC_UNUSABLE("riscv,ndev = <1024>;");
	PLIC_UNUSABLE("riscv,ndev = <1 2 3>;");
	PLIC_UNUSABLE("reg = <0 0xc000000 0 0x203fff>;");
	PLIC_UNUSABLE("reg = <0 0xc000004 0 0x600000>;");
	PLIC_UNUSABLE("reg = <0 0xc000000>;");
	PLIC_UNUSABLE("/delete-property/ riscv,ndev;");
	APLIC_UNUSABLE("riscv,num-sources = <0>;");
	APLIC_UNUSABLE("riscv,num-sources = <1024>;");
	APLIC_UNUSABLE("reg = <0 0xd000000 0 0x405f>;");
	APLIC_UNUSABLE("riscv,hart-indexes = <5 6>;");
	APLIC_UNUSABLE("riscv,hart-indexes = <5 6 0x4000>; reg = <0 0xd000000 0 0x1000000>;");
	APLIC_UNUSABLE("riscv,hart-indexes = <5 6 0xffffffff>;");
	assert_null(find(TREE("a: " APLIC(FOR_S)) BUT("a", "riscv,hart-indexes = <5 6 7>;")));
	assert_int_equal(found.place, 7);
	assert_null(find(TREE("a: " APLIC(FOR_S)) BUT("a", "riscv,hart-indexes = <5 6 0x3fff>;"
						      "reg = <0 0xd000000 0 0x84000>;")));
	assert_int_equal(found.place, 0x3fff);
	assert_null(find(TREE("a: " APLIC(FOR_S)) BUT("a", "reg = <0 0xd000000 0 0x4060>;")));
}

/* M-mode's domain is in the same tree, before or after. */
static void test_aplic(void **state)
{
	(void)state;
	assert_null(find(TREE("m { " APLIC(FOR_M) " }; s { ranges; #address-cells = <2>;"
			      "  #size-cells = <2>; " APLIC(FOR_S) " };")));
	assert_true(found.aplic && found.place == 2 && found.sources == 96 && !found.ids);
	assert_true(found.range.base == 0xd000000 && found.range.size == 0x4060);
	assert_string_equal(find(TREE(APLIC(FOR_M))), none);
	assert_string_equal(find(TREE(APLIC("interrupts-extended = <0x71>;"))), none);
}

#define WITH(more)	TREE(APLIC("msi-parent = <5>;") IMSIC(4, FILES) IMSIC(5, FILES)) \
			BUT("i5", more)
#define IMSIC_UNUSABLE(more)								\
	assert_string_equal(find(WITH(more)), "the IMSIC's node is not usable")

static void test_imsic(void **state)
{
	(void)state;
	assert_null(find(WITH("")));
	assert_true(found.aplic && found.place == 2 && found.ids == 255 && found.sources == 96);
	assert_true(found.range.size == 0x4000);
	assert_null(find(WITH("riscv,num-ids = <63>;")));
	assert_true(found.ids == 63 && found.sources == 63);
	assert_string_equal(find(TREE(APLIC("") IMSIC(5, FILES))), none);
	assert_string_equal(find(TREE(APLIC("") IMSIC(1, FILES))), none);
	assert_string_equal(find(TREE(APLIC("msi-parent = <1>;") "i { compatible = "
				      "\"riscv,imsics\"; " FILES " };")), none);
	assert_string_equal(find(TREE(APLIC("msi-parent = <6>;") IMSIC(5, FILES))), none);
	assert_string_equal(find(WITH(FOR_M)), none);
	IMSIC_UNUSABLE("riscv,num-ids = <64>;");
	IMSIC_UNUSABLE("riscv,num-ids = <0>;");
	IMSIC_UNUSABLE("riscv,num-ids = <2111>;");
	IMSIC_UNUSABLE("reg = <0 0x28000000 0 0x2000>;");	/* without our file */
	IMSIC_UNUSABLE("riscv,guest-index-bits = <7>;");
	IMSIC_UNUSABLE("riscv,hart-index-bits = <15>;");
	IMSIC_UNUSABLE("riscv,group-index-bits = <8>;");
	IMSIC_UNUSABLE("riscv,hart-index-bits = <8>; riscv,group-index-bits = <7>;");
	IMSIC_UNUSABLE("riscv,group-index-shift = <23>;");
	IMSIC_UNUSABLE("riscv,group-index-shift = <56>;");
}

/* Two groups of two harts, each with a guest: hart 2 is the first of the second group. */
static void test_groups(void **state)
{
	(void)state;
	assert_null(find(WITH("riscv,guest-index-bits = <1>; riscv,hart-index-bits = <1>;"
			      "riscv,group-index-bits = <1>; riscv,group-index-shift = <25>;"
			      "reg = <0 0x28000000 0 0x4000>, <0 0x2a000000 0 0x4000>;")));
	assert_int_equal(found.place, 2);
	assert_null(find(WITH("riscv,guest-index-bits = <1>; riscv,hart-index-bits = <2>;"
			      "reg = <0 0x28000000 0 0x8000>;"
			      "interrupts-extended = <0 9>, <0 9>, <0 9>, <0x71 9>;")));
	assert_int_equal(found.place, 3);
}

/* What a node does not say: as many bits as its list needs, no groups, no guests. */
static void test_bits(void **state)
{
	(void)state;
	assert_null(find(WITH("interrupts-extended = <0x71 9>; reg = <0 0x29001000 0 0x1000>;")));
	assert_int_equal(found.place, 0);
	assert_null(find(WITH("reg = <0 0x29004000 0 0x4000>;"
			      "interrupts-extended = <0 9>, <0 9>, <0 9>, <0x71 9>;")));
	assert_int_equal(found.place, 3);
	assert_null(find(WITH("reg = <0 0x29008000 0 0x8000>;"
			      "interrupts-extended = <0 9>, <0 9>, <0 9>, <0 9>, <0x71 9>;")));
	assert_int_equal(found.place, 4);
}

/* Each limit, reached and passed. */
static void test_limits(void **state)
{
	static const struct { struct imsic_bits bits; bool usable; } all[] = {
		{ { 0, 0, 0, 24, 63 }, true }, { { 6, 14, 0, 55, 2047 }, true },
		{ { 7, 14, 0, 55, 2047 }, false }, { { 6, 15, 0, 55, 2047 }, false },
		{ { 0, 7, 7, 24, 127 }, true }, { { 0, 8, 7, 24, 127 }, false },
		{ { 0, 6, 8, 24, 127 }, false }, { { 0, 1, 1, 23, 127 }, false },
		{ { 0, 1, 1, 56, 127 }, false }, { { 0, 1, 1, 24, 0 }, false },
		{ { 0, 1, 1, 24, 62 }, false }, { { 0, 1, 1, 24, 64 }, false },
		{ { 0, 1, 1, 24, 2046 }, false }, { { 0, 1, 1, 24, 2111 }, false },
	};
	const struct boot_range r = { 0xd000000, 0x4000 };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++)
		assert_int_equal(imsic_usable(&all[i].bits), all[i].usable);
	found = (struct irq_devices){ .ids = 2047 };
	assert_true(irq_range(&r, 0x4000, 1023, &found) && found.sources == 1007);
	assert_false(irq_range(&r, 0x4001, 1023, &found));
}

static void test_hart(void **state)
{
	size_t size;
	void *blob = dtc(TREE(PLIC(BOTH)), &size);
	const struct machine m = { .dtb = blob, .dtb_size = size };

	(void)state;
	assert_string_equal(irq_find(&m, 3, &found),
			    "the device tree does not list the boot hart");
	assert_string_equal(irq_find(&m, 2, &found), none);
	free(blob);
}

/* ---- registers ---- */

static uint32_t regs[0x5000 / 4];

static void begin(uint32_t ids)
{
	memset(regs, 0, sizeof(regs));
	memset(ireg, 0xff, sizeof(ireg));
	memset(&ireg[0xc0], 0, 0x40 * sizeof(*ireg));
	irq_devices = (struct irq_devices){ .regs = (char *)regs, .sources = 96, .place = 3,
					    .ids = ids, .aplic = true };
	regs[0] = 0x80000100;
	for (uint32_t i = 1; i < 1024; i++)
		regs[i] = 6;
	regs[1024] = 6;
	regs[0x4064 / 4] = regs[0x4068 / 4] = 7;
	regs[(0x1d00 + 12) / 4] = 1;		/* source 96 is active */
}

static void test_direct(void **state)
{
	(void)state;
	begin(0);
	assert_true(aplic_start());
	assert_int_equal(regs[0] & 0x104, 0x100);
	for (uint32_t i = 1; i < 1024; i++)
		assert_true(!regs[i] && !regs[0x3000 / 4 + i]);
	assert_int_equal(regs[1024], 6);
	assert_true(aplic_mode(96, 0));
	assert_int_equal(regs[0x3000 / 4 + 96], 3 << 18 | 1);
	assert_true(regs[0x4060 / 4] == 1 && !regs[0x4064 / 4] && !regs[0x4068 / 4]);
	regs[0x407c / 4] = 17 << 16 | 1;
	assert_int_equal(aplic_claim(), 17);
	aplic_retrigger(96);
	assert_int_equal(regs[0x1cdc / 4], 0);
	regs[0] = 0x100;			/* something else is there */
	assert_false(aplic_start());
	assert_int_equal(regs[0], 0x100);
}

static void test_msi(void **state)
{
	(void)state;
	begin(127);
	assert_true(imsic_start() && aplic_start());
	assert_true(!ireg[0x80] && !ireg[0x82] && ireg[0x84] == UINT64_MAX);
	assert_true(ireg[0xc0] == UINT64_MAX && ireg[0xc2] == UINT64_MAX);
	assert_true(ireg[0x70] == 1 && !ireg[0x72]);
	assert_int_equal(regs[0] & 0x104, 0x104);
	assert_true(!regs[0x3000 / 4 + 96] && aplic_mode(96, 0));
	assert_int_equal(regs[0x3000 / 4 + 96], 3 << 18 | 96);
	topei = 96 << 16 | 96;
	assert_int_equal(aplic_claim(), 0);	/* masked by now */
	regs[(0x1e00 + 12) / 4] = 1;
	assert_int_equal(aplic_claim(), 96);
	topei = 1024 << 16;
	regs[(0x1e00 + 128) / 4] = 1;
	assert_int_equal(aplic_claim(), 0);
	topei = 1025 << 16;
	assert_int_equal(aplic_claim(), 0);
}

/* Each identity that the file has is enabled, and not pending; odd registers are not there. */
static void test_identities(void **state)
{
	static const uint32_t all[] = { 63, 127, 255, 2047 };

	(void)state;
	for (uint32_t k = 0; k < ARRAY_SIZE(all); k++) {
		begin(all[k]);
		assert_true(imsic_start());
		for (uint32_t i = 0; i < 0x40; i++) {
			const bool there = i % 2 == 0 && 32 * i < all[k];

			assert_true(ireg[0x80 + i] == (there ? 0 : UINT64_MAX));
			assert_true(ireg[0xc0 + i] == (there ? UINT64_MAX : 0));
		}
	}
}

/* Sent again while its level is active; an edge never is. */
static void test_level(void **state)
{
	static const struct {
		uint32_t how, mode;
		bool again;
	} kinds[] = { { ARCH_IRQ_LEVEL | ARCH_IRQ_HIGH, 6, true }, { 0, 6, true },
		      { ARCH_IRQ_LEVEL | ARCH_IRQ_LOW, 7, true }, { ARCH_IRQ_EDGE, 4, false },
		      { ARCH_IRQ_EDGE | ARCH_IRQ_LOW, 5, false } };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		begin(127);
		assert_true(aplic_mode(96, kinds[i].how));
		assert_int_equal(regs[96], kinds[i].mode);
		aplic_retrigger(96);
		assert_int_equal(regs[0x1cdc / 4], kinds[i].again ? 96 : 0);
		regs[0x1cdc / 4] = 0;
		aplic_enable(96, true);
		assert_int_equal(regs[0x1edc / 4], 96);
		assert_int_equal(regs[0x1cdc / 4], kinds[i].again ? 96 : 0);
		regs[(0x1d00 + 12) / 4] = 0;
		regs[0x1cdc / 4] = 0;
		aplic_retrigger(96);
		assert_int_equal(regs[0x1cdc / 4], 0);
		aplic_enable(95, false);
		assert_true(regs[0x1fdc / 4] == 95 && regs[0x1edc / 4] == 96);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plic), cmocka_unit_test(test_values),
		cmocka_unit_test(test_aplic), cmocka_unit_test(test_imsic),
		cmocka_unit_test(test_groups), cmocka_unit_test(test_hart),
		cmocka_unit_test(test_direct), cmocka_unit_test(test_msi),
		cmocka_unit_test(test_identities), cmocka_unit_test(test_level),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
