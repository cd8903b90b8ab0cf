/* SPDX-License-Identifier: MIT */
/*
 * trust.c - Secure Boot's state and the TPM's event log. Either may be absent.
 */
#include "stub/efi/efi.h"
#include "lib/efi_protocols.h"
#include "stub/efi/tpm_log.h"

/*
 * Read a one-byte variable (UEFI 2.10, 3.3). 0 if it is absent, has another size, or has one of the
 * attributes `not`.
 */
static uint8_t trust_variable(const struct efi *e, const struct efi_guid *vendor,
			      const uint16_t *name, uint32_t not)
{
	uint8_t value = 0;
	uint64_t size = sizeof(value);
	uint32_t attributes = 0;

	if (!e->systab->runtime || !e->systab->runtime->get_variable ||
	    e->systab->runtime->get_variable(name, vendor, &attributes, &size, &value) !=
		    EFI_SUCCESS ||
	    size != sizeof(value) || attributes & not)
		return 0;
	return value;
}

/*
 * shim can be told not to verify anything, and says so in a volatile variable. A non-volatile one
 * is not shim's: anything that may write variables may have made it.
 */
void efi_find_secure_boot(const struct efi *e, struct boot_info *info)
{
	static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
	static const struct efi_guid shim = SHIM_LOCK_GUID;

	if (trust_variable(e, &global, u"SetupMode", 0))
		info->flags |= BOOT_SETUP_MODE;
	else if (trust_variable(e, &global, u"SecureBoot", 0) &&
		 !trust_variable(e, &shim, u"MokSBStateRT", EFI_VARIABLE_NON_VOLATILE))
		info->flags |= BOOT_SECURE_BOOT;
}

/* After the first GetEventLog, firmware also logs into the final events table. */
void efi_find_log(struct efi *e, struct draft *d)
{
	struct efi_tcg2 *tcg = e->tcg;
	const struct efi_tcg2_final *final = (const void *)d->info.tpm_final;
	struct reach *k = &e->reach;

	for (uint32_t format = EFI_TCG2_LOG_2; tcg && format >= EFI_TCG2_LOG_1_2; format--) {
		uint64_t log = 0, last = 0;
		bool truncated = false;

		if (tcg->get_event_log(tcg, format, &log, &last, &truncated) != EFI_SUCCESS || !log)
			continue;
		d->module[DRAFT_LOG] = (struct boot_module){
			.mem = { log, reach_ok(k, log, TPM_LOG_READ) &&
				       reach_ok(k, last, TPM_LOG_READ) ?
					      tpm_log_size(log, last, format) : 0 },
			.kind = BOOT_MODULE_TPM_LOG, .detail = format,
		};
		if (truncated)
			d->info.flags |= BOOT_TPM_LOG_SHORT;
		if (reach_ok(k, d->info.tpm_final, sizeof(*final)))
			d->info.tpm_final_seen = final->events;
		return;
	}
}
