using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>A server process with a crowd at its door, some of it slow or silent.</summary>
public sealed class CrowdLoadTests
{
    private const int Honest = 5000;
    private const int Hostile = 500;
    private const long MostMemory = 300L << 20;
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Five_thousand_agents_are_served_at_once_beside_five_hundred_that_are_slow_or_silent()
    {
        using var buffer = new TempFolder();
        using var server = ShellProcess.Start("-Command", $"Start-TentacleServer '{buffer.Path}' -Address 127.0.0.1 -Port 0 -MaxConnections 6000 -TimeoutSec 10 -Wait -Verbose");
        var port = await server.PortAsync();
        var openAtFirst = server.OpenFiles();
        using var over = new CancellationTokenSource();
        var hostile = await Task.WhenAll(Enumerable.Range(0, Hostile).Select(_ => ConnectAsync(port, "127.0.0.66")));
        var dribbling = hostile.Skip(Hostile / 2).Select(socket => DribbleAsync(socket, over.Token)).ToArray();

        // First all of them get their word that the server takes their file, then all of them send it.
        var agents = await Task.WhenAll(Enumerable.Range(0, Honest).Select(n => ConnectAsync(port, $"127.0.{1 + (n / 250)}.{1 + (n % 250)}")));
        var files = AgentData.MakeMany(Honest, AgentData.LeastBytes);
        var first = await Eventually.Ends(Task.WhenAll(agents.Select((socket, n) => SayAsync(socket, Encoding.ASCII.GetBytes($"SEND <{files[n].Name}> SIZE {files[n].Content.Length}\n")))), "all are answered", Long);
        Assert.True(server.OpenFiles() >= openAtFirst + Honest + Hostile, "Some are not connected any more.");
        var second = await Eventually.Ends(Task.WhenAll(agents.Select((socket, n) => SayAsync(socket, files[n].Content))), "all are served", Long);

        Assert.All(first.Concat(second), answer => Assert.Equal("SEND OK\n", answer));
        Assert.Equal(Honest, buffer.FileNames().Length);
        Assert.True(server.PeakMemory() < MostMemory, $"The server needed {server.PeakMemory() >> 20} MB.");
        TestContext.Current.SendDiagnosticMessage($"{Honest} agents and {Hostile} others at once: {server.PeakMemory() >> 20} MB at most");

        // The silent half is still connected; both halves are got rid of without anybody's help.
        await over.CancelAsync();
        await Task.WhenAll(dribbling);
        foreach (var agent in agents)
            agent.Dispose();
        await Eventually.BecomesTrue(() => server.OpenFiles() <= openAtFirst + 10, "the descriptors are back", Long);
        foreach (var socket in hostile)
            socket.Dispose();
        server.Interrupt();
        await server.EndAsync();
    }

    private static async Task<Socket> ConnectAsync(int port, string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task<string> SayAsync(Socket socket, byte[] bytes)
    {
        await socket.SendAsync(bytes);
        return await ReadLineAsync(socket);
    }

    private static async Task<string> ReadLineAsync(Socket socket)
    {
        var buffer = new byte[100];
        var count = 0;
        while (count == 0 || buffer[count - 1] != '\n')
        {
            var more = await socket.ReceiveAsync(buffer.AsMemory(count));
            if (more == 0)
                break;
            count += more;
        }

        return Encoding.ASCII.GetString(buffer, 0, count);
    }

    private static async Task DribbleAsync(Socket socket, CancellationToken over)
    {
        try
        {
            await socket.SendAsync("SEND <slow.data> SIZE 1000000\n"u8.ToArray(), over);
            while (true)
            {
                await socket.SendAsync("x"u8.ToArray(), over);
                await Task.Delay(200, over);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The server has had enough, or the test.
        }
    }
}
