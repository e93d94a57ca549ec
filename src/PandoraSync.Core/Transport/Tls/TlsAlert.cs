using System;
using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;

namespace PandoraSync.Transport.Tls;

/// <summary>The refusals that one side of TLS tells the other, and where each platform hides them.</summary>
internal static class TlsAlert
{
    public const int HandshakeFailure = 40;
    public const int BadCertificate = 42;
    public const int UnsupportedCertificate = 43;
    public const int CertificateRevoked = 44;
    public const int CertificateExpired = 45;
    public const int CertificateUnknown = 46;
    public const int UnknownCa = 48;
    public const int AccessDenied = 49;
    public const int ProtocolVersion = 70;
    public const int InsufficientSecurity = 71;
    public const int UnrecognizedName = 112;
    public const int CertificateRequired = 116;

    // OpenSSL adds 1,000 to the number of an alert that it received; its error line begins with "error:" and eight hex digits, the last six for the reason.
    private const int OpenSslOffset = 1000;
    private static readonly Regex OpenSslCode = new("error:[0-9A-F]{2}(?<code>[0-9A-F]{6}):", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <summary>The name that OpenSSL's documentation and every log uses.</summary>
    public static string Name(int alert) => alert switch
    {
        HandshakeFailure => "handshake_failure",
        BadCertificate => "bad_certificate",
        UnsupportedCertificate => "unsupported_certificate",
        CertificateRevoked => "certificate_revoked",
        CertificateExpired => "certificate_expired",
        CertificateUnknown => "certificate_unknown",
        UnknownCa => "unknown_ca",
        AccessDenied => "access_denied",
        ProtocolVersion => "protocol_version",
        InsufficientSecurity => "insufficient_security",
        UnrecognizedName => "unrecognized_name",
        CertificateRequired => "certificate_required",
        _ => alert.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>True if the alert is about the certificate of whoever receives it.</summary>
    public static bool IsAboutCertificate(int alert) => alert is >= BadCertificate and <= CertificateUnknown or UnknownCa or AccessDenied or CertificateRequired;

    /// <summary>The alert that the peer sent, found in what the platform threw; null if there is none.</summary>
    public static int? Find(Exception? error)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (e is Win32Exception windows && FromWindows(windows.NativeErrorCode) is { } alert)
                return alert;
            var match = OpenSslCode.Match(e.Message);
            if (match.Success && FromOpenSsl(int.Parse(match.Groups["code"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)) is { } received)
                return received;
        }

        return null;
    }

    private static int? FromOpenSsl(int code) => (code & 0xFFF) - OpenSslOffset is >= 0 and <= 255 and var alert ? alert : null;

    /// <summary>The alerts that Windows gives error codes of their own (winerror.h).</summary>
    private static int? FromWindows(int code) => unchecked((uint)code) switch
    {
        0x80090325 => UnknownCa,
        0x80090327 => CertificateUnknown,
        0x80090328 => CertificateExpired,
        0x80092010 => CertificateRevoked,
        0x80090331 => HandshakeFailure,
        0x80090349 => UnsupportedCertificate,
        0x80090322 => BadCertificate,
        _ => null,
    };
}
