/* SPDX-License-Identifier: MIT */
/* cpuid.c - decodes CPUID leaves. Pure: the caller supplies them. */
#include "cpu.h"

#define CPUID_TOPOLOGY		0x0b	/* SDM 2A, CPUID; also on AMD since Zen 2 */
#define CPUID_TOPOLOGY_2	0x1f	/* likewise, and preferred if present */
#define TOPOLOGY_COUNT		0xffffu	/* EBX: 0 if the leaf is invalid */

#define CPUID_1_HYPERVISOR	(1u << 31)	/* ECX */
#define CPUID_SEV		0x8000001fu	/* APM 3, E.4.17 */
#define CPUID_SEV_GUEST		(1u << 1)	/* EAX: SEV and its MSR are present */
#define MSR_SEV_STATUS		0xc0010131u	/* APM 2, 15.34.10 */
#define SEV_STATUS_ENABLED	(1u << 0)

#define CPUID_TDX		0x21	/* TDX module's specification, CPUID virtualization */
#define TDX_EBX			0x65746e49u	/* "Inte" */
#define TDX_EDX			0x5844546cu	/* "lTDX" */
#define TDX_ECX			0x20202020u

uint32_t cpu_apic_id(struct cpu_id (*leaf)(uint32_t leaf, uint32_t subleaf))
{
	struct cpu_id r = leaf(CPUID_TOPOLOGY_2, 0);

	if (!(r.b & TOPOLOGY_COUNT))
		r = leaf(CPUID_TOPOLOGY, 0);
	return r.b & TOPOLOGY_COUNT ? r.d : leaf(1, 0).b >> 24;
}

const char *cpu_encrypted(struct cpu_id (*leaf)(uint32_t leaf, uint32_t subleaf),
			  uint64_t (*msr)(uint32_t number))
{
	struct cpu_id tdx;

	if (!(leaf(1, 0).c & CPUID_1_HYPERVISOR))
		return NULL;
	if (leaf(CPUID_SEV, 0).a & CPUID_SEV_GUEST && msr(MSR_SEV_STATUS) & SEV_STATUS_ENABLED)
		return "a guest under SEV: encrypted memory is not supported";
	tdx = leaf(CPUID_TDX, 0);
	if (tdx.b == TDX_EBX && tdx.d == TDX_EDX && tdx.c == TDX_ECX)
		return "a guest under TDX: encrypted memory is not supported";
	return NULL;
}
