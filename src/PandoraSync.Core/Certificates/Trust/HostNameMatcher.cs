using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Certificates.Trust;

/// <summary>
/// Whether a certificate names a host: by DNS name or address in its subject alternative names or, where it has neither,
/// by its common name, as certificates made by hand often have it (protocol.md, section 7).
/// </summary>
internal static class HostNameMatcher
{
    public static bool Matches(BcCertificate certificate, string host)
    {
        var (dns, addresses) = CertificateText.AlternativeNames(certificate);
        var hasAlternatives = dns.Count > 0 || addresses.Count > 0;
        if (IPAddress.TryParse(host, out var address))
            return hasAlternatives ? addresses.Any(a => IsSame(a, address)) : IPAddress.TryParse(CertificateText.CommonName(certificate) ?? string.Empty, out var named) && IsSame(named, address);
        IEnumerable<string> names = hasAlternatives ? dns : CertificateText.CommonName(certificate) is { } common ? [common] : [];
        var wanted = ToAscii(host);
        return names.Any(n => IsMatch(n, wanted));
    }

    private static bool IsMatch(string pattern, string host)
    {
        var name = pattern.TrimEnd('.');
        if (!name.StartsWith("*.", StringComparison.Ordinal))
            return string.Equals(name, host, StringComparison.OrdinalIgnoreCase);

        // One label, the leftmost, and never directly below a top-level domain.
        var rest = name.Substring(1);
        var firstDot = host.IndexOf('.');
        return firstDot > 0 && rest.IndexOf('.', 1) > 0 && string.Equals(host.Substring(firstDot), rest, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsSame(IPAddress one, IPAddress other) => Plain(one).GetAddressBytes().SequenceEqual(Plain(other).GetAddressBytes());

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string ToAscii(string host)
    {
        var name = host.TrimEnd('.');
        try
        {
            return name.All(c => c < 128) ? name : new IdnMapping().GetAscii(name);
        }
        catch (ArgumentException)
        {
            return name;
        }
    }
}
