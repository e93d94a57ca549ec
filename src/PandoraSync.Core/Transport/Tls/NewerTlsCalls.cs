#if !NET10_0_OR_GREATER
using System;
using System.Collections.Generic;
using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace PandoraSync.Transport.Tls;

/// <summary>
/// What the netstandard2.0 assembly finds by name in newer runtimes (PowerShell 7.3 to 7.5): a chain is then sent with the certificate,
/// sessions are resumed, and nothing is downloaded. In Windows PowerShell these do not exist; there Windows itself resumes sessions
/// and takes the authorities in between from its certificate store.
/// </summary>
internal static class NewerTlsCalls
{
    private static readonly Assembly Security = typeof(SslStream).Assembly;
    private static readonly Type? ClientOptions = Security.GetType("System.Net.Security.SslClientAuthenticationOptions");
    private static readonly Type? ServerOptions = Security.GetType("System.Net.Security.SslServerAuthenticationOptions");
    private static readonly MethodInfo? Create = Security.GetType("System.Net.Security.SslStreamCertificateContext")?.GetMethod("Create", [typeof(X509Certificate2), typeof(X509Certificate2Collection), typeof(bool)]);
    private static readonly MethodInfo? AsClient = ClientOptions is null ? null : typeof(SslStream).GetMethod("AuthenticateAsClientAsync", [ClientOptions, typeof(CancellationToken)]);
    private static readonly MethodInfo? AsServer = ServerOptions is null ? null : typeof(SslStream).GetMethod("AuthenticateAsServerAsync", [ServerOptions, typeof(CancellationToken)]);
    private static readonly MethodInfo? Shutdown = typeof(SslStream).GetMethod("ShutdownAsync", Type.EmptyTypes);

    /// <summary>True from .NET 8 on, where a client too can be given its chain.</summary>
    public static bool AreAvailable => Create is not null && AsClient is not null && AsServer is not null
        && ClientOptions!.GetProperty("ClientCertificateContext") is not null && ClientOptions.GetProperty("CertificateChainPolicy") is not null;

    public static object? CreateContext(X509Certificate2 certificate, IReadOnlyList<X509Certificate2> chain)
    {
        if (!AreAvailable)
            return null;
        var collection = new X509Certificate2Collection();
        foreach (var link in chain)
            collection.Add(link);
        return Create!.Invoke(obj: null, [certificate, collection, true]);
    }

    public static Task AuthenticateAsClientAsync(SslStream stream, TlsSetup setup)
    {
        var options = Common(ClientOptions!, setup);
        Set(options, "TargetHost", setup.Host);
        Set(options, "ClientCertificateContext", setup.Identity?.PlatformContext);
        return (Task)AsClient!.Invoke(stream, [options, CancellationToken.None])!;
    }

    public static Task AuthenticateAsServerAsync(SslStream stream, TlsSetup setup)
    {
        var options = Common(ServerOptions!, setup);
        Set(options, "ServerCertificateContext", setup.Identity!.PlatformContext);
        Set(options, "ClientCertificateRequired", setup.AsksForCertificate);
        return (Task)AsServer!.Invoke(stream, [options, CancellationToken.None])!;
    }

    public static Task ShutdownAsync(SslStream stream) => (Task?)Shutdown?.Invoke(stream, parameters: null) ?? Task.CompletedTask;

    private static object Common(Type type, TlsSetup setup)
    {
        var options = Activator.CreateInstance(type)!;
        Set(options, "EnabledSslProtocols", TlsCalls.Versions(setup.MinimumVersion));
        Set(options, "RemoteCertificateValidationCallback", setup.Check);

        // The platform's own check has no say; this only keeps it from downloading what a peer's certificate points to.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        Set(policy, "DisableCertificateDownloads", true);
        Set(options, "CertificateChainPolicy", policy);
        return options;
    }

    private static void Set(object target, string property, object? value) => target.GetType().GetProperty(property)!.SetValue(target, value);
}
#endif
