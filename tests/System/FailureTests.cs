using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>
/// The ten most likely failures between two machines, each produced with a server of ours and with the stock double or a program of Debian. What Test-TentacleServer says of
/// them is the table in docs/troubleshooting.md; run with PANDORASYNC_UPDATE_VIEWS=1 to write it anew, and read it.
/// </summary>
public sealed class FailureTests
{
    private const string Begin = "<!-- Written by FailureTests: -->\n";
    private const string End = "<!-- End -->\n";
    private static readonly string Page = Path.Combine(Repository.Root, "docs", "troubleshooting.md");

    [Fact]
    public async Task Each_of_the_ten_most_likely_failures_is_named_with_what_to_change_on_which_side()
    {
        using var folder = new TempFolder();
        using var authority = new TestAuthority("our authority");
        using var other = new TestAuthority("another authority");
        authority.Write(folder, "ca.pem");
        other.Write(folder, "other.pem");
        using var site = authority.Issue(folder, "site", "127.0.0.1");
        using var misnamed = authority.Issue(folder, "misnamed", "site.example");
        using var main = other.Issue(folder, "main", "main.example");

        using var stock = new StockServer();
        await File.WriteAllTextAsync(Path.Combine(stock.Folder, "web-01.1790000000.data"), "x", TestContext.Current.CancellationToken);
        using var stockTls = new StockServer(new StockServerOptions { Certificate = site });
        using var stockMisnamed = new StockServer(new StockServerOptions { Certificate = misnamed });
        using var stockPassword = new StockServer(new StockServerOptions { Password = "sesame" });
        using var stockSendOnly = new StockServer(new StockServerOptions { Insecure = false });
        using var stockFull = new StockServer(new StockServerOptions { MaxConnections = 1, Timeout = TimeSpan.FromSeconds(60) });
        using var taken = new TcpClient("127.0.0.1", stockFull.Port);
        await Eventually.BecomesTrue(() => stockFull.ConnectionsNow == 1, "the only place is taken");
        using var openSsl = await LeftRunning.OpenSslAsync("-cert", folder["site.pem"], "-key", folder["site.key"], "-CAfile", folder["ca.pem"], "-Verify", "2", "-verify_return_error");
        using var proxy = await LeftRunning.TinyProxyAsync(folder, allowedPort: 9);
        using var guardedProxy = await LeftRunning.TinyProxyAsync(folder, stock.Port, "BasicAuth user pass");
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var closedPort = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        using var web = new TcpListener(IPAddress.Loopback, 0);
        web.Start();
        _ = AnswerAsWebServer(web);

        var ports = JsonSerializer.Serialize(new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["Stock"] = stock.Port, ["StockTls"] = stockTls.Port, ["StockMisnamed"] = stockMisnamed.Port, ["StockPassword"] = stockPassword.Port, ["StockSendOnly"] = stockSendOnly.Port,
            ["StockFull"] = stockFull.Port, ["OpenSsl"] = openSsl.Port, ["Proxy"] = proxy.Port, ["GuardedProxy"] = guardedProxy.Port, ["Closed"] = closedPort, ["Web"] = ((IPEndPoint)web.LocalEndpoint).Port,
        });
        var rows = await RunAsync(folder, ports);
        web.Stop();
        await CompareAsync(rows, [closedPort, guardedProxy.Port, proxy.Port]);
    }

    /// <summary>Calls them all from one shell, which has the servers of ours.</summary>
    private static async Task<Row[]> RunAsync(TempFolder folder, string ports)
    {
        var result = await ShellProcess.RunAsync(["-File", Path.Combine(Repository.Root, "tests", "System", "Failures.ps1"), folder.Path, folder.Write("ports.json", ports)]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return JsonSerializer.Deserialize<Row[]>(result.Output)!;
    }

    private static async Task CompareAsync(Row[] rows, int[] proxies)
    {
        Assert.All(rows, row => Assert.False(row.Succeeded, row.ToString()));
        Assert.All(rows, row => Assert.DoesNotContain(row.Action.TrimEnd('.'), row.Detail, StringComparison.OrdinalIgnoreCase));
        var table = "| Failure | Server | Step | What it says | What to do |\n|---|---|---|---|---|\n" + string.Concat(rows.Select(row => $"| {row.Failure} | {row.Server} | {row.Step} | {Stable(row.Detail, row.Port, proxies)} | {Stable(row.Action, row.Port, proxies)} |\n"));
        var page = await File.ReadAllTextAsync(Page, TestContext.Current.CancellationToken);
        var (start, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("PANDORASYNC_UPDATE_VIEWS") is { Length: > 0 })
            await File.WriteAllTextAsync(Page, page[..start] + table + page[end..], TestContext.Current.CancellationToken);
        else
            Assert.Equal(page[start..end], table);
    }

    /// <summary>What differs from run to run, replaced: ports, and what a certificate is.</summary>
    private static string Stable(string text, int port, int[] proxies)
    {
        var named = proxies.Where(p => p != port).Aggregate(text, (t, p) => t.Replace(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{p}"), "proxy:8080", StringComparison.Ordinal));
        named = named.Replace(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "site:41121", StringComparison.Ordinal);
        named = Regex.Replace(named, @"\(presented: .*?\) \(step", "(presented: ...) (step", RegexOptions.None, TimeSpan.FromSeconds(1));
        return Regex.Replace(named, @"/\S*pandorasync-test-\w+/", "/etc/pandora/", RegexOptions.None, TimeSpan.FromSeconds(1)).Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static async Task AnswerAsWebServer(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var buffer = new byte[1024];
                if (await stream.ReadAsync(buffer) > 0)
                    await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private sealed record Row(string Failure, string Server, int Port, string Step, bool Succeeded, string Detail, string Action);
}
