using System;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Transport;

namespace PandoraSync.Client;

/// <summary>
/// A server to which one connection is kept between uses. Servers drop idle connections after a few seconds (protocol.md, section 1), so
/// a dead one is replaced when it is next needed. One use at a time; further ones wait.
/// </summary>
public sealed class TentacleSession : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private TentacleClient? _client;
    private volatile bool _closed;

    /// <summary>Makes a session; it connects when it is first used.</summary>
    /// <param name="options">How to reach the server.</param>
    /// <param name="id">A number to call it by; 0 for one without.</param>
    /// <param name="name">A name to call it by; the endpoint if empty.</param>
    public TentacleSession(TentacleClientOptions options, int id = 0, string? name = null)
    {
        Options = options;
        Id = id;
        Name = string.IsNullOrEmpty(name) ? options.Endpoint.ToString() : name!;
    }

    /// <summary>The number to call it by; 0 for one without.</summary>
    public int Id { get; }

    /// <summary>The name to call it by.</summary>
    public string Name { get; }

    /// <summary>How to reach the server.</summary>
    public TentacleClientOptions Options { get; }

    /// <summary>The server: <c>host:port</c>.</summary>
    public string Endpoint => Options.Endpoint.ToString();

    /// <summary>Whether a connection is open just now. A session that is idle connects again by itself.</summary>
    public TentacleSessionState State => _closed ? TentacleSessionState.Closed : _client is { IsUsable: true } ? TentacleSessionState.Connected : TentacleSessionState.Idle;

    /// <summary>Does something with the server.</summary>
    /// <param name="action">What; told the connection.</param>
    /// <param name="isRepeatable">True if it is safe to do again after a break: it changes nothing at the server (protocol.md, section 5).</param>
    /// <param name="say">Told the story in sentences; null for nobody.</param>
    /// <param name="cancellationToken">Closes the connection and ends the call at once.</param>
    /// <exception cref="TentacleException">What went wrong.</exception>
    public async Task<T> UseAsync<T>(Func<TentacleClient, Task<T>> action, bool isRepeatable, Action<string>? say, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var client = await OpenAsync(say, cancellationToken).ConfigureAwait(false);
            if (!isRepeatable)
                return await action(client).ConfigureAwait(false);
            return await RetryPolicy.RunAsync(
                Options,
                say ?? (static _ => { }),
                async () => await action(await OpenAsync(say, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Ends the connection, if one is open, in an orderly way: what the server still had to do is done then. The session stays usable.</summary>
    /// <param name="cancellationToken">Breaks the connection instead.</param>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var client = _client;
            _client = null;
            if (client is { IsUsable: true })
                await client.QuitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TentacleException)
        {
            // The server went away by itself, which is what was wanted.
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Closes the session for good.</summary>
    public void Dispose()
    {
        _closed = true;
        _client?.Dispose();
        _client = null;
    }

    private async Task<TentacleClient> OpenAsync(Action<string>? say, CancellationToken cancellationToken)
    {
        if (_closed)
            throw new TentacleException(TentacleErrorKind.Disconnected, $"The session '{Name}' is closed: make a new one with New-TentacleSession.") { Peer = Endpoint, Step = "session" };
        if (_client is { IsUsable: true } open)
            return open;
        _client?.Dispose();
        _client = null;
        say?.Invoke($"Connecting to {Endpoint}.");
        return _client = await RetryPolicy.RunAsync(Options, say ?? (static _ => { }), () => TentacleClient.ConnectAsync(Options, cancellationToken), cancellationToken).ConfigureAwait(false);
    }
}
