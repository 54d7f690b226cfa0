package io.havip.service;

import io.havip.inventory.ExternalNetwork;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An external network, as a caller sees it.
 *
 * @param accounts the names of the accounts that may use it, in alphabetical order; null to
 *     members, who do not learn the names of other accounts
 */
public record ExternalNetworkDetails(ExternalNetwork network, @Nullable List<String> accounts) {}
