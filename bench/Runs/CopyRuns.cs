using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>A large file copied through a socket by programs that do nothing else.</summary>
internal static class CopyRuns
{
    private const int PieceBytes = 64 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Reads and writes in pieces of 64 KB, each end on a thread of its own.</summary>
    /// <returns>MB a second.</returns>
    public static async Task<double> PlainAsync(int megabytes, bool isFlushed)
    {
        using var folder = new TempFolder();
        BigFile.Make(folder[BigFile.Name], megabytes);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var clock = Stopwatch.StartNew();
        var receiving = Task.Factory.StartNew(() => Receive(listener, folder["copy"], isFlushed), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var sending = Task.Factory.StartNew(() => Send((IPEndPoint)listener.LocalEndpoint, folder[BigFile.Name]), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Eventually.Ends(Task.WhenAll(receiving, sending), "a plain copy", Limit);
        var seconds = clock.Elapsed.TotalSeconds;
        BigFile.Check(folder["copy"], megabytes);
        return megabytes / seconds;
    }

    /// <summary>The same with OpenSSL's two programs.</summary>
    /// <returns>MB a second.</returns>
    public static async Task<double> OpenSslAsync(int megabytes)
    {
        using var folder = new TempFolder();
        using var certificates = new TempFolder();
        BigFile.Make(folder[BigFile.Name], megabytes);
        var paths = BenchCertificates.Write(certificates.Path);
        var port = FreePort.Find();
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

        // Through a shell, so that the programs read and write the files themselves.
        using var server = Start("exec \"$0\" \"$@\" > \"$FILE\"", folder["copy"], ["s_server", "-quiet", "-naccept", "1", "-accept", address, "-cert", paths.CertificatePath, "-key", paths.KeyPath]);
        await FreePort.WaitAsync(port);
        var clock = Stopwatch.StartNew();
        using var client = Start("exec \"$0\" \"$@\" < \"$FILE\"", folder[BigFile.Name], ["s_client", "-quiet", "-no_ign_eof", "-nocommands", "-verify_return_error", "-CAfile", paths.CaPath, "-connect", address]);
        client.Finish(Limit);
        server.Finish(Limit);
        var seconds = clock.Elapsed.TotalSeconds;
        BigFile.Check(folder["copy"], megabytes);
        return megabytes / seconds;
    }

    private static PeerProcess Start(string script, string file, string[] arguments) =>
        new(Peers.Shell.Path!, ["-c", script + " 2> /dev/null", RealPrograms.OpenSsl.Path!, .. arguments], new System.Collections.Generic.Dictionary<string, string>(StringComparer.Ordinal) { ["FILE"] = file });

    private static void Receive(TcpListener listener, string path, bool isFlushed)
    {
        using var socket = listener.AcceptSocket();
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var piece = new byte[PieceBytes];
        for (int count; (count = socket.Receive(piece)) > 0;)
            file.Write(piece, 0, count);
        file.Flush(isFlushed);
    }

    private static void Send(IPEndPoint target, string path)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(target);
        using var file = File.OpenRead(path);
        var piece = new byte[PieceBytes];
        for (int count; (count = file.Read(piece)) > 0;)
        {
            for (var at = 0; at < count;)
                at += socket.Send(piece, at, count - at, SocketFlags.None);
        }
    }
}
