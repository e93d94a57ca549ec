using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using PandoraSync.Protocol;

namespace PandoraSync.Certificates.Issuing;

/// <summary>What a new certificate should say. Checked where it is made and not changed afterwards.</summary>
internal sealed record CertificateOrder
{
    /// <summary>Days that an authority is valid by default: ten years.</summary>
    public const int DefaultAuthorityDays = 3650;

    /// <summary>Days that other certificates are valid by default: two years.</summary>
    public const int DefaultDays = 730;

    private const int MaxDays = 36500;
    private const int MaxCommonNameCharacters = 64;

    /// <summary>Makes an order.</summary>
    /// <param name="commonName">The subject's common name, 1 to 64 characters.</param>
    /// <param name="role">What it is for. An authority is always ordered alone.</param>
    /// <param name="names">DNS names and addresses of the host, as subject alternative names; for an authority none. A stock client checks the server's <em>address</em>, so give both (protocol.md, section 7).</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: a name cannot stand in a certificate, or the role is none or contradicts itself.</exception>
    public CertificateOrder(string commonName, CertificateRole role, IEnumerable<string>? names = null)
    {
        if (string.IsNullOrWhiteSpace(commonName) || commonName.Length > MaxCommonNameCharacters || commonName.Any(char.IsControl))
            throw Wrong($"'{TentacleText.Show(commonName)}' cannot be a certificate's common name: give 1 to {MaxCommonNameCharacters} characters.");
        if (role is not (CertificateRole.Authority or CertificateRole.Server or CertificateRole.Client or CertificateRole.ServerAndClient))
            throw Wrong($"'{role}' is not a role that a certificate can have: give Authority, Server, Client or ServerAndClient.");
        CommonName = commonName;
        Role = role;
        Names = names?.Select(Normalise).Distinct(StringComparer.OrdinalIgnoreCase).ToArray() ?? [];
        if (role == CertificateRole.Authority && Names.Count > 0)
            throw Wrong("An authority's certificate is for no host: leave the names out.");
        Days = role == CertificateRole.Authority ? DefaultAuthorityDays : DefaultDays;
    }

    /// <summary>The subject's common name.</summary>
    public string CommonName { get; }

    /// <summary>What it is for.</summary>
    public CertificateRole Role { get; }

    /// <summary>DNS names (in ASCII) and addresses.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The kind of key.</summary>
    public CertificateKeyAlgorithm KeyAlgorithm { get; init; } = CertificateKeyAlgorithm.EcdsaP256;

    /// <summary>Days that it is valid, 1 to 36500; never longer than its authority.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: out of range.</exception>
    public int Days
    {
        get;
        init => field = RequireDays(value);
    }

    internal static int RequireDays(int days) => days is >= 1 and <= MaxDays
        ? days
        : throw Wrong($"A lifetime of {days.ToString(CultureInfo.InvariantCulture)} days is out of range: give 1 to {MaxDays}.");

    private static string Normalise(string name)
    {
        if (IPAddress.TryParse(name, out var address) && name.IndexOfAny(['.', ':']) >= 0)
            return address.ToString();
        string ascii;
        try
        {
            ascii = name.All(c => c < 128) ? name : new IdnMapping().GetAscii(name);
        }
        catch (ArgumentException)
        {
            throw NoHost(name);
        }

        var labels = (ascii.StartsWith("*.", StringComparison.Ordinal) ? ascii.Substring(2) : ascii).Split('.');
        return ascii.Length <= 253 && labels.All(IsLabel) ? ascii : throw NoHost(name);
    }

    private static bool IsLabel(string label) =>
        label.Length is >= 1 and <= 63 && label[0] != '-' && label[label.Length - 1] != '-'
        && label.All(c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_');

    private static TentacleException NoHost(string name) => Wrong($"'{TentacleText.Show(name)}' is neither a DNS name nor an address.");

    private static TentacleException Wrong(string message) => new(TentacleErrorKind.Configuration, message);
}
