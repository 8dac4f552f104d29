/** Registers the search attributes: an unregistered one would make every workflow task fail for ever. */
import type { ConnectionLike } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { WrongSettings } from '../domain/wrongSettings.ts';
import { SEARCH_ATTRIBUTES } from '../workflows/searchAttributes.ts';

/** Adds the missing ones; throws with a hint when the namespace does not accept them. */
export async function registerSearchAttributes(
  connection: Pick<ConnectionLike, 'operatorService'>,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = SEARCH_ATTRIBUTES.filter(({ name }) => !(name in customAttributes));
  if (missing.length === 0) return;
  const types = missing.map(({ name, type }) => [name, encodeSearchAttributeIndexedValueType(type)!]);
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(types),
    });
  } catch {
    // Another worker may have registered them at the same moment.
    const { customAttributes: now } = await connection.operatorService.listSearchAttributes({ namespace });
    const names = missing.filter(({ name }) => !(name in now)).map(({ name, type }) => `${name} (${type})`);
    if (names.length)
      throw new WrongSettings(
        `TEMPORAL_NAMESPACE: register these search attributes in ${namespace}: ${names.join(', ')}`,
      );
  }
}
