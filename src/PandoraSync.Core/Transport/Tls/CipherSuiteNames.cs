using System;
using System.Collections.Generic;
using System.Linq;

namespace PandoraSync.Transport.Tls;

/// <summary>OpenSSL's names of cipher suites, as they stand in tentacle_server's <c>-u</c>, in IANA's.</summary>
internal static class CipherSuiteNames
{
    private static readonly string[] Tls13 = ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"];

    private static readonly string[] KeyExchanges = ["ECDHE-ECDSA", "ECDHE-RSA", "DHE-RSA", "DHE-DSS"];

    private static readonly Dictionary<string, string> Ciphers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["AES128-GCM-SHA256"] = "AES_128_GCM_SHA256",
        ["AES256-GCM-SHA384"] = "AES_256_GCM_SHA384",
        ["CHACHA20-POLY1305"] = "CHACHA20_POLY1305_SHA256",
        ["AES128-CCM"] = "AES_128_CCM",
        ["AES256-CCM"] = "AES_256_CCM",
        ["AES128-SHA256"] = "AES_128_CBC_SHA256",
        ["AES256-SHA256"] = "AES_256_CBC_SHA256",
        ["AES256-SHA384"] = "AES_256_CBC_SHA384",
        ["AES128-SHA"] = "AES_128_CBC_SHA",
        ["AES256-SHA"] = "AES_256_CBC_SHA",
    };

    /// <summary>Suites with forward secrecy and authenticated encryption, TLS 1.3's first.</summary>
    public static IEnumerable<string> Recommended => Tls13.Concat(
        from exchange in new[] { "ECDHE-ECDSA", "ECDHE-RSA", "DHE-RSA" }
        from cipher in new[] { "AES256-GCM-SHA384", "CHACHA20-POLY1305", "AES128-GCM-SHA256" }
        select $"{exchange}-{cipher}");

    /// <summary>IANA's name; null if the name can be neither.</summary>
    public static string? ToIana(string name)
    {
        var trimmed = name.Trim();
        if (trimmed.StartsWith("TLS_", StringComparison.OrdinalIgnoreCase))
            return trimmed.ToUpperInvariant();
        var exchange = KeyExchanges.FirstOrDefault(k => trimmed.StartsWith(k + "-", StringComparison.OrdinalIgnoreCase));
        var cipher = exchange is null ? trimmed : trimmed.Substring(exchange.Length + 1);
        return Ciphers.TryGetValue(cipher, out var iana) ? $"TLS_{exchange?.Replace('-', '_') ?? "RSA"}_WITH_{iana}" : null;
    }

    /// <summary>Adds the suites of TLS 1.3 where none of them is named: OpenSSL's cipher list does not touch them either.</summary>
    public static IEnumerable<string> WithTls13(IReadOnlyList<string> names) =>
        names.Any(n => ToIana(n) is { } iana && Tls13.Contains(iana, StringComparer.Ordinal)) ? names : Tls13.Concat(names);
}
