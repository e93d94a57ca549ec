using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;

namespace PandoraSync.Server.Access;

/// <summary>Which addresses a server speaks with.</summary>
internal sealed class AccessList
{
    private readonly Func<IPAddress, bool> _isAllowed;

    internal AccessList(Func<IPAddress, bool> isAllowed) => _isAllowed = isAllowed;

    /// <summary>No restriction.</summary>
    public static AccessList AllowAll { get; } = new(_ => true);

    /// <summary>Only these networks; none means everybody.</summary>
    public static AccessList Of(IReadOnlyCollection<AllowedNetwork> networks) =>
        networks.Count == 0 ? AllowAll : new AccessList(address => networks.Any(n => n.Contains(address)));

    /// <summary>Both lists must agree.</summary>
    public AccessList And(AccessList other) => new(address => _isAllowed(address) && other._isAllowed(address));

    /// <summary>Whether an address may speak.</summary>
    public bool Allows(IPAddress address) => _isAllowed(address);
}
