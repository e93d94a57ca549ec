using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.Sync.Drain;
using PandoraSync.Transport;

namespace PandoraSync.RemoteConfiguration.Ends;

/// <summary>The connections to one site: opened when they are needed, kept between uses, and fewer where the server lets no more in.</summary>
/// <param name="options">How to reach the site.</param>
/// <param name="most">Most connections at once.</param>
/// <param name="verbose">Told the story in sentences.</param>
internal sealed class SiteConnections(TentacleClientOptions options, int most, Action<string> verbose) : IDisposable
{
    private readonly ConcurrentStack<TentacleClient> _idle = new();
    private readonly SemaphoreSlim _places = new(most);
    private int _left = most;
    private bool _hasServed;
    private long _sent;
    private long _received;

    /// <summary>The site: <c>host:port</c>.</summary>
    public string Site => options.Endpoint.ToString();

    /// <summary>Whether the site is called with TLS.</summary>
    public bool UsesTls => options.Tls is not null;

    /// <summary>Whether the site has the fast lane (protocol.md, section 9); known after the first use.</summary>
    public bool HasFastLane { get; private set; }

    /// <summary>How the site is asked for many files.</summary>
    public AskingManner Manner { get; } = new(mayAskAhead: true, verbose);

    /// <summary>Connections that may be open at once.</summary>
    public int Most => Volatile.Read(ref _left);

    /// <summary>How often what is safe to repeat is tried again.</summary>
    public int RetryCount => options.RetryCount;

    /// <summary>Bytes that connections which have ended have sent.</summary>
    public long BytesSent => Interlocked.Read(ref _sent);

    /// <summary>Bytes that connections which have ended have received.</summary>
    public long BytesReceived => Interlocked.Read(ref _received);

    /// <summary>Does something that is safe to do again after a break, through a connection of its own.</summary>
    /// <exception cref="TentacleException">What went wrong the last time.</exception>
    public Task<TResult> UseAsync<TResult>(Func<TentacleClient, Task<TResult>> use, CancellationToken cancellationToken) =>
        RetryPolicy.RunAsync(options, verbose, () => UseOnceAsync(use, cancellationToken), cancellationToken);

    /// <summary>Does something once, through a connection of its own.</summary>
    /// <exception cref="TentacleException">What went wrong.</exception>
    public async Task<TResult> UseOnceAsync<TResult>(Func<TentacleClient, Task<TResult>> use, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        var keepsPlace = true;
        TentacleClient? client = null;
        try
        {
            try
            {
                client = TakeIdle() ?? await OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (TentacleException) when (_hasServed && Most > 1)
            {
                // Over its limit a server lets clients connect without serving them (protocol.md, section 1): the others go on.
                keepsPlace = false;
                Interlocked.Decrement(ref _left);
                throw;
            }

            return await use(client).ConfigureAwait(false);
        }
        finally
        {
            if (client is { IsUsable: true })
                _idle.Push(client);
            else
                End(client);
            if (keepsPlace)
                _places.Release();
        }
    }

    /// <summary>Ends all connections in good order, so that the server has done what it was told.</summary>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        while (TakeIdle() is { } client)
        {
            try
            {
                await client.LeaveAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                End(client);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryPop(out var client))
            End(client);
        _places.Dispose();
    }

    private TentacleClient? TakeIdle()
    {
        while (_idle.TryPop(out var client))
        {
            if (client.IsUsable)
                return client;
            End(client);
        }

        return null;
    }

    private async Task<TentacleClient> OpenAsync(CancellationToken cancellationToken)
    {
        var client = await TentacleClient.ConnectAndProbeAsync(options, cancellationToken).ConfigureAwait(false);
        HasFastLane = client.HasFastLane;
        Manner.Observe(client);
        _hasServed = true;
        return client;
    }

    private void End(TentacleClient? client)
    {
        if (client is null)
            return;
        Interlocked.Add(ref _sent, client.BytesSent);
        Interlocked.Add(ref _received, client.BytesReceived);
        client.Dispose();
    }
}
