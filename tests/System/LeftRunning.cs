using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>A program of Debian that serves until it is disposed.</summary>
internal sealed class LeftRunning : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private LeftRunning(RealProgram program, IEnumerable<string> arguments)
    {
        Assert.SkipWhen(program.WhyMissing is not null, program.WhyMissing ?? string.Empty);
        _process = Process.Start(new ProcessStartInfo(program.Path!, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Port { get; private set; }

    /// <summary>OpenSSL as a TLS server, which wants client certificates where the arguments say so.</summary>
    public static async Task<LeftRunning> OpenSslAsync(params string[] arguments)
    {
        var server = new LeftRunning(RealPrograms.OpenSsl, ["s_server", "-accept", "127.0.0.1:0", .. arguments]);
        await Eventually.BecomesTrue(() => server._process.HasExited || server.ListenedPort() > 0, "s_server listens");
        server.Port = server.ListenedPort();
        return server;
    }

    /// <summary>Tinyproxy, which connects only to one port.</summary>
    public static async Task<LeftRunning> TinyProxyAsync(TempFolder folder, int allowedPort, string more = "")
    {
        // It cannot let the system choose its port, so a free one is looked for, again if another program was faster.
        while (true)
        {
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            var port = ((IPEndPoint)free.LocalEndpoint).Port;
            free.Stop();
            var file = folder.Write(string.Create(CultureInfo.InvariantCulture, $"tinyproxy{port}.conf"), string.Create(CultureInfo.InvariantCulture, $"Port {port}\nListen 127.0.0.1\nTimeout 60\nAllow 127.0.0.1\nConnectPort {allowedPort}\nLogLevel Error\n{more}\n"));
            var proxy = new LeftRunning(RealPrograms.TinyProxy, ["-d", "-c", file]) { Port = port };
            await Eventually.BecomesTrue(() => proxy._process.HasExited || Answers(port), "the proxy listens");
            if (!proxy._process.HasExited)
                return proxy;
            proxy.Dispose();
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static bool Answers(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private int ListenedPort()
    {
        lock (_output)
        {
            var accept = Regex.Match(_output.ToString(), @"^ACCEPT .*:(?<port>\d+)\s*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
            return accept.Success ? int.Parse(accept.Groups["port"].Value, CultureInfo.InvariantCulture) : 0;
        }
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
    }
}
