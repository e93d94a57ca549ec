using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using PandoraSync.Server;
using PandoraSync.TestSupport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Bench;

/// <summary>Servers of ours in a process of their own.</summary>
internal static class ServerWork
{
    /// <summary>One server: folder, connections; certificate and key for TLS. Reports its <see cref="ServerReport"/>.</summary>
    public const string Serve = "serve";

    /// <summary>Many servers with a few files each: folder, sites, files; first for the number of the first site. Reports their <see cref="ServerReport"/>.</summary>
    public const string ServeMany = "serve-many";

    /// <summary>Many servers with nothing in them: folder, sites; certificate and key for TLS. Reports their <see cref="ServerReport"/>, and once more when it is told to go on.</summary>
    public const string ServeEmpty = "serve-empty";

    private const long MaxFileBytes = 4L * 1024 * 1024 * 1024;

    public static async Task ServeAsync(WorkerArguments given)
    {
        var connections = given.Number("connections");
        var options = new TentacleServerOptions(given["folder"])
        {
            Addresses = ["127.0.0.1"],
            Port = 0,
            AllowListing = true,
            MaxFileBytes = MaxFileBytes,
            MaxConnections = connections,
            MaxConnectionsPerAddress = connections,

            // Connections are held open on purpose, and a busy machine takes its time.
            Timeout = TimeSpan.FromMinutes(1),
            Tls = given.Find("certificate") is { } certificate ? new TlsServerOptions(TlsIdentity.FromFiles(certificate, given["key"])) : null,
        };
        using var server = TentacleServer.Start(options);
        await Worker.SayAsync(new ServerReport { Endpoints = [server.Endpoints[0].ToString()] });
        await Worker.EndOfInputAsync();
    }

    public static async Task ServeManyAsync(WorkerArguments given)
    {
        var (sites, files) = (given.Number("sites"), given.Number("files"));
        var first = given.Find("first") is null ? 0 : given.Number("first");
        var servers = new List<TentacleServer>();
        for (var i = first; i < first + sites; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(given["folder"], i.ToString(CultureInfo.InvariantCulture))).FullName;
            for (var n = 0; n < files; n++)
            {
                var file = AgentData.Make((i * files) + n);
                await File.WriteAllBytesAsync(Path.Combine(folder, file.Name), file.Content);
            }

            // All of 127.0.0.0/8 is this machine.
            var address = string.Create(CultureInfo.InvariantCulture, $"127.0.{i / 250}.{(i % 250) + 1}");
            servers.Add(TentacleServer.Start(new TentacleServerOptions(folder) { Addresses = [address], Port = 0, AllowListing = true, Timeout = TimeSpan.FromSeconds(15) }));
        }

        await Worker.SayAsync(new ServerReport { Endpoints = [.. servers.Select(s => s.Endpoints[0].ToString())] });
        await Worker.EndOfInputAsync();
        await Task.WhenAll(servers.Select(s => s.StopAsync()));
    }

    public static async Task ServeEmptyAsync(WorkerArguments given)
    {
        var servers = new List<TentacleServer>();
        var lines = new List<TlsCounter>();
        var tls = given.Find("certificate") is { } certificate ? new TlsServerOptions(TlsIdentity.FromFiles(certificate, given["key"])) : null;
        for (var i = 0; i < given.Number("sites"); i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(given["folder"], i.ToString(CultureInfo.InvariantCulture))).FullName;
            servers.Add(TentacleServer.Start(new TentacleServerOptions(folder) { Addresses = ["127.0.0.1"], Port = 0, AllowListing = true, Tls = tls }));
            lines.Add(new TlsCounter(new IPEndPoint(IPAddress.Loopback, servers[i].Endpoints[0].Port)));
        }

        string[] endpoints = [.. lines.Select(l => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{l.Port}"))];
        await Worker.SayAsync(new ServerReport { Endpoints = endpoints });
        while (await Console.In.ReadLineAsync() is not null)
            await Worker.SayAsync(new ServerReport { Endpoints = endpoints, Connections = lines.Sum(l => (long)l.Connections), Resumed = lines.Sum(l => (long)l.Resumed) });
        await Task.WhenAll(servers.Select(s => s.StopAsync()));
        lines.ForEach(l => l.Dispose());
    }
}
