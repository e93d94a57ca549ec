using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using PandoraSync.Protocol;
#if NET10_0_OR_GREATER
using System.Linq;
using System.Threading;
#endif

namespace PandoraSync.Transport.Tls;

/// <summary>The calls of SslStream that differ between the runtimes.</summary>
internal static class TlsCalls
{
    private const SslProtocols Tls13 = (SslProtocols)12288;

    /// <summary>True if this version was agreed on.</summary>
    public static bool IsTls13(SslStream stream) => stream.SslProtocol == Tls13;

    /// <summary>The versions to allow. Where the platform keeps its own list, naming versions that it lacks is an error, so it is left to choose and its choice checked; Mono has no TLS 1.3 either.</summary>
    public static SslProtocols Versions(TlsVersion minimum) => RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && RuntimeInformation.FrameworkDescription.StartsWith(".NET", StringComparison.Ordinal)
        ? minimum == TlsVersion.Tls13 ? Tls13 : SslProtocols.Tls12 | Tls13
        : SslProtocols.None;

    /// <summary>False if the platform chose a version that is too old.</summary>
    public static bool IsRecentEnough(SslStream stream, TlsVersion minimum) => stream.SslProtocol >= (minimum == TlsVersion.Tls13 ? Tls13 : SslProtocols.Tls12);

#if NET10_0_OR_GREATER
    /// <summary>The certificate with its chain as the platform wants it, made without asking the network for anything.</summary>
    public static object? CreateContext(X509Certificate2 certificate, IReadOnlyList<X509Certificate2> chain) =>
        SslStreamCertificateContext.Create(certificate, [.. chain], offline: true);

    public static SslStream Wrap(Stream inner, TlsSetup setup) => new(inner, leaveInnerStreamOpen: false);

    public static Task AuthenticateAsClientAsync(SslStream stream, TlsSetup setup) => stream.AuthenticateAsClientAsync(
        new SslClientAuthenticationOptions
        {
            TargetHost = setup.Host,
            EnabledSslProtocols = Versions(setup.MinimumVersion),
            ClientCertificateContext = (SslStreamCertificateContext?)setup.Identity?.PlatformContext,
            CertificateChainPolicy = ChainPolicy(),
            RemoteCertificateValidationCallback = setup.Check,
            CipherSuitesPolicy = CipherPolicy(setup.CipherSuites),
        },
        CancellationToken.None);

    public static Task AuthenticateAsServerAsync(SslStream stream, TlsSetup setup) => stream.AuthenticateAsServerAsync(
        new SslServerAuthenticationOptions
        {
            ServerCertificateContext = (SslStreamCertificateContext?)setup.Identity!.PlatformContext,
            EnabledSslProtocols = Versions(setup.MinimumVersion),
            ClientCertificateRequired = setup.AsksForCertificate,
            CertificateChainPolicy = ChainPolicy(),
            RemoteCertificateValidationCallback = setup.Check,
            CipherSuitesPolicy = CipherPolicy(setup.CipherSuites),
        },
        CancellationToken.None);

    /// <summary>Says goodbye; the peer then knows that nothing was cut off.</summary>
    public static Task ShutdownAsync(SslStream stream) => stream.ShutdownAsync();

    public static void CheckCipherSuites(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return;
        var suites = names.Select(n => (Name: n, Suite: CipherSuiteNames.ToIana(n) is { } iana && Enum.TryParse<TlsCipherSuite>(iana, out var suite) ? suite : (TlsCipherSuite?)null)).ToList();
        if (suites.FirstOrDefault(s => s.Suite is null) is { Name: { } unknown })
            throw new TentacleException(TentacleErrorKind.Configuration, $"'{TentacleText.Show(unknown)}' is not the name of a cipher suite: give names as 'openssl ciphers' lists them; its keywords (HIGH, !aNULL) are not known here.");
        if (!OperatingSystem.IsLinux())
            throw new TentacleException(TentacleErrorKind.Configuration, "Cipher suites cannot be chosen by a program on this system: leave them out here and set them in the system's own settings.");
    }

    /// <summary>The platform's own check has no say; this only keeps it from downloading what a peer's certificate points to.</summary>
    private static X509ChainPolicy ChainPolicy() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
    };

    private static CipherSuitesPolicy? CipherPolicy(IReadOnlyList<string> names)
    {
        if (names.Count == 0 || !OperatingSystem.IsLinux())
            return null;
        return new CipherSuitesPolicy(CipherSuiteNames.WithTls13(names).Select(n => Enum.Parse<TlsCipherSuite>(CipherSuiteNames.ToIana(n)!)));
    }
#else
    /// <summary>Nothing: these runtimes are given the certificate itself.</summary>
    public static object? CreateContext(X509Certificate2 certificate, IReadOnlyList<X509Certificate2> chain) => NewerTlsCalls.CreateContext(certificate, chain);

    public static SslStream Wrap(Stream inner, TlsSetup setup) => NewerTlsCalls.AreAvailable
        ? new SslStream(inner, leaveInnerStreamOpen: false)
        : new SslStream(inner, leaveInnerStreamOpen: false, setup.Check, (_, _, _, _, _) => setup.Identity?.Certificate!);

    public static Task AuthenticateAsClientAsync(SslStream stream, TlsSetup setup)
    {
        if (NewerTlsCalls.AreAvailable)
            return NewerTlsCalls.AuthenticateAsClientAsync(stream, setup);
        var certificates = setup.Identity is { } identity ? new X509CertificateCollection { identity.Certificate } : null;
        return stream.AuthenticateAsClientAsync(setup.Host, certificates, Versions(setup.MinimumVersion), checkCertificateRevocation: false);
    }

    public static Task AuthenticateAsServerAsync(SslStream stream, TlsSetup setup) => NewerTlsCalls.AreAvailable
        ? NewerTlsCalls.AuthenticateAsServerAsync(stream, setup)
        : stream.AuthenticateAsServerAsync(setup.Identity!.Certificate, setup.AsksForCertificate, Versions(setup.MinimumVersion), checkCertificateRevocation: false);

    /// <summary>Says goodbye where the runtime can (.NET Framework 4.7 and every .NET Core); the peer then knows that nothing was cut off.</summary>
    public static Task ShutdownAsync(SslStream stream) => NewerTlsCalls.ShutdownAsync(stream);

    public static void CheckCipherSuites(IReadOnlyList<string> names)
    {
        if (names.Count > 0)
            throw new TentacleException(TentacleErrorKind.Configuration, "Cipher suites can be chosen only with PowerShell 7.6 or later on Linux: leave them out here and set them in the system's own settings.");
    }
#endif
}
