/* SPDX-License-Identifier: MIT */
/*
 * efi_trust.c - Secure Boot's state, the TPM's event log, entropy: each may be absent.
 */
#include "stub/stub.h"
#include "include/efi_protocols.h"
#include "include/lib.h"
#include "stub/tpm_log.h"

/* A one-byte global variable, UEFI 2.10, 3.3; 0 if it is absent or of another size. */
static uint8_t trust_variable(const struct efi *e, const uint16_t *name)
{
	static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
	uint8_t value = 0;
	uint64_t size = sizeof(value);

	if (!e->systab->runtime || !e->systab->runtime->get_variable ||
	    e->systab->runtime->get_variable(name, &global, NULL, &size, &value) != EFI_SUCCESS ||
	    size != sizeof(value))
		return 0;
	return value;
}

static void trust_tpm_log(struct stub *s)
{
	static const struct efi_guid guid = EFI_TCG2_GUID;
	struct efi_tcg2 *tcg = efi_first_protocol(&s->efi, &guid);
	uint64_t log = 0, last = 0;
	bool truncated;

	for (uint32_t format = EFI_TCG2_LOG_2; tcg && format >= EFI_TCG2_LOG_1_2; format--) {
		if (tcg->get_event_log(tcg, format, &log, &last, &truncated) != EFI_SUCCESS || !log)
			continue;
		s->draft.module[2] = (struct boot_module){
			.mem = { log, tpm_log_size(log, last, format) },
			.kind = BOOT_MODULE_TPM_LOG, .detail = format,
		};
		return;
	}
}

/* The protocol's own default algorithm if it has no raw one, then the CPU's. */
static void trust_entropy(struct stub *s)
{
	static const struct efi_guid guid = EFI_RNG_GUID;
	static const struct efi_guid raw = EFI_RNG_RAW_GUID;
	struct efi_rng *rng = efi_first_protocol(&s->efi, &guid);
	struct draft *d = &s->draft;

	d->have_entropy =
		rng && (rng->get_rng(rng, &raw, sizeof(d->entropy), d->entropy) == EFI_SUCCESS ||
			rng->get_rng(rng, NULL, sizeof(d->entropy), d->entropy) == EFI_SUCCESS);
	collect_entropy(d);
}

void efi_find_trust(struct stub *s)
{
	if (trust_variable(&s->efi, u"SecureBoot"))
		s->draft.info.flags |= BOOT_SECURE_BOOT;
	if (trust_variable(&s->efi, u"SetupMode"))
		s->draft.info.flags |= BOOT_SETUP_MODE;
	trust_tpm_log(s);
	trust_entropy(s);
}
