using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Client;
using PandoraSync.Server;
using PandoraSync.Sync;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.NetFramework;

/// <summary>
/// Serves, sends, lists and drains on loopback; exits with 0 only if every byte arrived. Given the name of another library's assembly, it
/// loads and uses that one first and then does the same over mutual TLS, with certificates of an authority made here.
/// </summary>
internal static class Program
{
    private const int FileCount = 100;

    private static async Task<int> Main(string[] arguments)
    {
        var root = Path.Combine(Path.GetTempPath(), "pandorasync-" + Guid.NewGuid().ToString("N"));
        try
        {
            var buffer = Directory.CreateDirectory(Path.Combine(root, "buffer")).FullName;
            var incoming = Directory.CreateDirectory(Path.Combine(root, "incoming")).FullName;
            var other = arguments.Length > 0 ? UseOther(arguments[0]) : null;
            var (serverTls, clientTls) = other is null ? (null, null) : MakeTls();
            using var server = TentacleServer.Start(new TentacleServerOptions(buffer) { Addresses = ["127.0.0.1"], Port = 0, AllowListing = true, Tls = serverTls });
            var site = new SyncSite(new TentacleClientOptions(server.Endpoints[0]) { Tls = clientTls });
            await SendAsync(site).ConfigureAwait(false);
            var result = (await SyncRunner.DrainAsync([site], new SyncOptions(incoming), completed: null, CancellationToken.None).ConfigureAwait(false)).Single();
            Require(result.Error is null && result.Files == FileCount, "the drain: " + result + result.Skipped.FirstOrDefault());
            for (var i = 0; i < FileCount; i++)
                Require(File.ReadAllBytes(Path.Combine(incoming, Name(i))).SequenceEqual(Content(i)), "the content of " + Name(i));
            Require(Directory.GetFiles(buffer).Length == 0, "an empty buffer");
            await Console.Out.WriteLineAsync($"{FileCount} files served, sent, listed and drained on {Environment.Version} over {AssetName()}{(other is null ? string.Empty : ", over TLS beside " + other)}").ConfigureAwait(false);
            return 0;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync(e.ToString()).ConfigureAwait(false);
            return 1;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>Loads another library and calls it, as another module of the same session would.</summary>
    private static string UseOther(string assembly)
    {
        var loaded = Assembly.Load(assembly);
        var random = Activator.CreateInstance(loaded.GetType("Org.BouncyCastle.Security.SecureRandom", throwOnError: true)!)!;
        random.GetType().GetMethod("NextInt", Type.EmptyTypes)!.Invoke(random, parameters: null);
        return assembly + " " + loaded.GetCustomAttribute<AssemblyFileVersionAttribute>()!.Version;
    }

    private static (TlsServerOptions Server, TlsClientOptions Client) MakeTls()
    {
        var authority = CertificateIssuer.CreateAuthority(new CertificateOrder("authority", CertificateRole.Authority));
        var site = CertificateIssuer.Issue(authority, new CertificateOrder("site", CertificateRole.Server, ["127.0.0.1"]));
        var main = CertificateIssuer.Issue(authority, new CertificateOrder("main", CertificateRole.Client));
        var trust = PeerTrust.Create(authority.ToAuthorities());
        return (new TlsServerOptions(TlsIdentity.FromIssued(site)) { ClientTrust = trust }, new TlsClientOptions(trust) { Identity = TlsIdentity.FromIssued(main) });
    }

    private static async Task SendAsync(SyncSite site)
    {
        using var client = await TentacleClient.ConnectAsync(site.Client, CancellationToken.None).ConfigureAwait(false);
        for (var i = 0; i < FileCount; i++)
        {
            using var content = new MemoryStream(Content(i));
            if (i % 2 == 0)
                await client.SendAsync(Name(i), content, content.Length, sent: null, CancellationToken.None).ConfigureAwait(false);
            else
                await client.SendCompressedAsync(Name(i), content, sent: null, CancellationToken.None).ConfigureAwait(false);
        }

        var names = await client.ListAsync(string.Empty, CancellationToken.None).ConfigureAwait(false);
        Require(names.Count == FileCount, "the listing");
        await client.QuitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private static string Name(int i) => $"agent.{1_760_000_000 + i}.data";

    private static byte[] Content(int i) => Enumerable.Range(0, 1000 + (i * 97)).Select(n => (byte)((n * 31) + i)).ToArray();

    private static string AssetName() =>
        typeof(TentacleClient).Assembly.GetCustomAttribute<System.Runtime.Versioning.TargetFrameworkAttribute>()!.FrameworkName;

    private static void Require(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException("This does not hold: " + what);
    }
}
