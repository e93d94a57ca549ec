using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace PandoraSync.TestSupport;

/// <summary>
/// A double of the stock Tentacle server with its oddities (protocol.md): one command per read, pieces of 1,024 bytes with Nagle on and
/// ordinary delayed acknowledgements, one blocking thread a connection, files deleted as soon as their last byte is written.
/// IPv4, port chosen by the system.
/// </summary>
public sealed class StockServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly List<StockServerConnection> _open = [];
    private readonly List<Thread> _threads = [];
    private readonly Lock _gate = new();
    private readonly TempFolder? _ownFolder;
    private readonly SemaphoreSlim _slots;
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Thread _acceptor;
    private int _served;
    private int _most;

    /// <summary>Starts a server.</summary>
    public StockServer(StockServerOptions? options = null, Action<StockMoment>? onStep = null)
    {
        Options = options ?? new StockServerOptions();
        OnStep = onStep;
        _ownFolder = Options.Folder is null ? new TempFolder() : null;
        Storage = new StockStorage(Options.Folder ?? _ownFolder!.Path, Options);
        _slots = new SemaphoreSlim(Options.MaxConnections);
        Options.Prepare?.Invoke(_listener);
        _listener.Bind(new IPEndPoint(Options.Address, 0));
        _listener.Listen(512);
        _acceptor = new Thread(Accept) { IsBackground = true, Name = "stock accept" };
        _acceptor.Start();
    }

    /// <summary>The options that it was started with.</summary>
    public StockServerOptions Options { get; }

    /// <summary>Called on the connection's thread at each step; it may throw, cut or hang the connection and replace what is sent.</summary>
    public Action<StockMoment>? OnStep { get; set; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port => EndPoint.Port;

    /// <summary>The storage folder's path.</summary>
    public string Folder => Storage.Folder;

    /// <summary>Every line that was read, in order, without its LF.</summary>
    public IReadOnlyList<string> Commands => [.. _commands];

    /// <summary>Connections that got a slot so far.</summary>
    public int ConnectionsServed => Volatile.Read(ref _served);

    /// <summary>Most connections that had a slot at one time.</summary>
    public int MostConnections => Volatile.Read(ref _most);

    /// <summary>Connections that have a slot now.</summary>
    public int ConnectionsNow
    {
        get
        {
            lock (_gate)
                return _open.Count;
        }
    }

    internal StockStorage Storage { get; }

    internal ManualResetEventSlim Stopping => _stopping;

    /// <summary>Puts a file into the storage folder (or, with a name like <c>conf/x</c>, into a folder of it).</summary>
    public string Put(string name, byte[] content)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Puts an agent's file into the storage folder.</summary>
    public void Put(AgentData file) => Put(file.Name, file.Content);

    /// <summary>True if the storage folder has such a file.</summary>
    public bool Has(string name) => File.Exists(Path.Combine(Folder, name));

    /// <summary>The content of a stored file.</summary>
    public byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    /// <summary>The names of the files right in the storage folder, sorted.</summary>
    public string[] FileNames() => [.. Directory.EnumerateFiles(Folder).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Set();
        _listener.Dispose();
        StockServerConnection[] open;
        Thread[] threads;
        lock (_gate)
        {
            open = [.. _open];
            threads = [.. _threads];
        }

        foreach (var connection in open)
            connection.Break();
        _acceptor.Join(TimeSpan.FromSeconds(10));
        foreach (var thread in threads)
            thread.Join(TimeSpan.FromSeconds(10));
        _ownFolder?.Dispose();
    }

    internal void Saw(string command) => _commands.Enqueue(command);

    private void Accept()
    {
        while (!_stopping.IsSet)
        {
            // A connection without a slot stays where the system keeps it: connected, and not answered.
            if (!_slots.Wait(50))
                continue;
            if (AcceptOne() is { } socket)
                Serve(socket);
            else
                _slots.Release();
        }
    }

    private Socket? AcceptOne()
    {
        try
        {
            return _listener.Poll(50_000, SelectMode.SelectRead) ? _listener.Accept() : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    private void Serve(Socket socket)
    {
        var connection = new StockServerConnection(this, socket, Interlocked.Increment(ref _served));
        var thread = new Thread(() => Run(connection)) { IsBackground = true, Name = "stock connection" };
        lock (_gate)
        {
            _open.Add(connection);
            _threads.RemoveAll(static t => !t.IsAlive);
            _threads.Add(thread);
            _most = Math.Max(_most, _open.Count);
            thread.Start();
        }
    }

    private void Run(StockServerConnection connection)
    {
        try
        {
            connection.Converse();
        }
        finally
        {
            lock (_gate)
                _open.Remove(connection);
            _slots.Release();
        }
    }
}
