using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Transport;

namespace PandoraSync.Client;

/// <summary>
/// One connection to a Tentacle server as verbs. Each says one command and waits for its answer
/// (protocol.md, section 1). Not for use by several threads at once. After an error other than a refusal it is closed.
/// </summary>
public sealed class TentacleClient : IDisposable
{
    private static readonly byte[] Cancel = TentacleText.Encode("RECV CANCEL\n");
    private readonly TentacleChannel _channel;
    private readonly Conversation _conversation;

    private TentacleClient(TentacleChannel channel, TentacleClientOptions options)
    {
        _channel = channel;
        _conversation = new Conversation(channel, options);
        Options = options;
    }

    /// <summary>How the server was reached.</summary>
    public TentacleClientOptions Options { get; }

    /// <summary>False once the connection is closed or the server has ended it; make a new one then.</summary>
    public bool IsUsable => !_channel.LooksDead();

    /// <summary>Bytes received so far.</summary>
    public long BytesReceived => _channel.BytesReceived;

    /// <summary>Bytes sent so far.</summary>
    public long BytesSent => _channel.BytesSent;

    /// <summary>When the server's certificate ends, UTC; null without TLS.</summary>
    internal DateTime? PeerCertificateEnd => _channel.PeerCertificateEnd;

    /// <summary>True if the server has said to <see cref="ProbeAsync"/> that it has the fast lane (protocol.md, section 9).</summary>
    internal bool HasFastLane { get; private set; }

    /// <summary>How long the server took to answer <see cref="ProbeAsync"/>.</summary>
    internal TimeSpan RoundTrip { get; private set; }

    /// <summary>Connects and, where the options have a password, gives it.</summary>
    /// <param name="options">The server.</param>
    /// <param name="cancellationToken">Ends the attempt at once.</param>
    /// <exception cref="TentacleException">No connection, or the password is refused.</exception>
    public static async Task<TentacleClient> ConnectAsync(TentacleClientOptions options, CancellationToken cancellationToken)
    {
        var channel = await TentacleConnector.ConnectAsync(options, cancellationToken).ConfigureAwait(false);
        var client = new TentacleClient(channel, options);
        try
        {
            if (options.Password is { } password)
                await client.AuthenticateAsync(password, cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Connects and makes sure that the server answers: over its limit it lets clients connect without serving them (protocol.md, section 1).</summary>
    internal static async Task<TentacleClient> ConnectAndProbeAsync(TentacleClientOptions options, CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(options, cancellationToken).ConfigureAwait(false);
        try
        {
            await client.ProbeAsync(cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Connects and gives the password as <see cref="ConnectAsync"/> does, for a relay that then passes a conversation on.</summary>
    internal static async Task<TentacleChannel> ConnectChannelAsync(TentacleClientOptions options, CancellationToken cancellationToken) =>
        (await ConnectAsync(options, cancellationToken).ConfigureAwait(false))._channel;

    /// <summary>Lists a folder (protocol.md, section 2: LS).</summary>
    /// <param name="sampleName">Empty for the storage directory itself; otherwise a name that the server filters into the wanted folder.</param>
    /// <param name="cancellationToken">Closes the connection and ends the call at once.</param>
    /// <exception cref="TentacleException">Not allowed, refused, not Tentacle, broken or silent.</exception>
    public Task<IReadOnlyList<ListedName>> ListAsync(string sampleName, CancellationToken cancellationToken) =>
        ListAsync(sampleName, new ListingParser(), cancellationToken);

    /// <summary>Lists the storage directory as <see cref="ListAsync(string, CancellationToken)"/> does, without keeping the names.</summary>
    /// <param name="take">Told each name as the bytes that came, which are good until it returns.</param>
    /// <param name="cancellationToken">Closes the connection and ends the call at once.</param>
    internal Task ListAsync(Action<ArraySegment<byte>> take, CancellationToken cancellationToken) =>
        ListAsync(string.Empty, new ListingParser(take), cancellationToken);

    private async Task<IReadOnlyList<ListedName>> ListAsync(string sampleName, ListingParser parser, CancellationToken cancellationToken)
    {
        if (sampleName.Length > 0)
            FileNameRules.RequireSafe(sampleName);
        using var step = _conversation.Begin("LS", sampleName.Length > 0 ? sampleName : null, cancellationToken);
        var reply = await _conversation.AskAsync(TentacleCommand.Request(TentacleVerb.Ls, sampleName), ahead: HasFastLane ? TentacleCommand.Confirm(TentacleVerb.Ls) : null).ConfigureAwait(false);
        var size = reply.Size ?? throw _conversation.Refusal(reply);
        if (size > TentacleLimits.MaxListingBytes)
            throw _channel.Fail(TentacleErrorKind.TooLarge, $"announced a listing of {size} bytes, over the limit of {TentacleLimits.MaxListingBytes}", inner: null);
        if (HasFastLane)
            await ReadContentAsync(new FeedStream(parser.Feed), size, received: null).ConfigureAwait(false);
        else if (size > 0)
            await TakeContentAsync(TentacleVerb.Ls, new FeedStream(parser.Feed), size, received: null).ConfigureAwait(false);
        else
            await CancelAsync().ConfigureAwait(false);
        return parser.Complete();
    }

    /// <summary>Asks for a file's size without taking it.</summary>
    /// <param name="name">A safe file name.</param>
    /// <param name="cancellationToken">Closes the connection and ends the call at once.</param>
    /// <returns>Bytes; null if the server has no such file (or it is a folder).</returns>
    /// <exception cref="TentacleException">Bad name, not Tentacle, broken or silent.</exception>
    public Task<long?> GetSizeAsync(string name, CancellationToken cancellationToken) =>
        TakeAsync(TentacleVerb.Recv, name, static _ => null, received: null, cancellationToken);

    /// <summary>Finds out whether the server serves this connection, with the cheapest question there is: for a file that it does not have.</summary>
    /// <param name="cancellationToken">Closes the connection and ends the call at once.</param>
    /// <exception cref="TentacleException">Not Tentacle, broken, silent, or a password is wanted.</exception>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        using var step = _conversation.Begin("RECV", file: null, cancellationToken);
        var clock = Stopwatch.StartNew();
        var reply = await _conversation.AskAsync(TentacleCommand.Request(TentacleVerb.Recv, FileNameRules.ProbeName)).ConfigureAwait(false);
        RoundTrip = clock.Elapsed;
        HasFastLane = FastLane.IsAnnouncedBy(reply);
        if (reply.Size is not null)
            await CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Takes a copy of a file (<see cref="TentacleVerb.Recv"/>), or the file itself (<see cref="TentacleVerb.Mv"/>: the server deletes it).</summary>
    /// <param name="verb"><see cref="TentacleVerb.Recv"/> or <see cref="TentacleVerb.Mv"/>.</param>
    /// <param name="name">A safe file name.</param>
    /// <param name="open">Told the announced size, gives the stream to write to, or null to decline: the session goes on and the server keeps the file.</param>
    /// <param name="received">Told the number of bytes of each piece, for progress; may be null.</param>
    /// <param name="cancellationToken">Closes the connection and ends the call at once.</param>
    /// <returns>The announced size, taken or declined; null if the server has no such file.</returns>
    /// <exception cref="TentacleException">Bad name, not Tentacle, broken or silent. After MV it is unknown whether the server kept the file.</exception>
    public async Task<long?> TakeAsync(TentacleVerb verb, string name, Func<long, Stream?> open, Action<int>? received, CancellationToken cancellationToken)
    {
        FileNameRules.RequireSafe(name);
        using var step = _conversation.Begin(TentacleText.Word(verb), name, cancellationToken);
        var reply = await _conversation.AskAsync(TentacleCommand.Request(verb, name)).ConfigureAwait(false);
        if (reply.Size is not { } size)
            return RefusalReasons.IsMissing(reply) ? null : throw _conversation.Refusal(reply);
        Stream? destination = null;
        try
        {
            destination = open(size);
        }
        finally
        {
            // Confirming an empty RECV makes a stock server close the connection; there is nothing to come (protocol.md, section 2).
            if (destination is null || (size == 0 && verb != TentacleVerb.Mv))
                await CancelAsync().ConfigureAwait(false);
        }

        if (destination is not null && (size > 0 || verb == TentacleVerb.Mv))
            await TakeContentAsync(verb, destination, size, received).ConfigureAwait(false);
        return size;
    }

    /// <summary>Has the server delete a file: takes it with MV and throws the content away.</summary>
    /// <param name="name">A safe file name.</param>
    /// <param name="cancellationToken">Closes the connection and ends the call at once.</param>
    /// <returns>Bytes deleted; null if the server has no such file.</returns>
    /// <exception cref="TentacleException">Bad name, not allowed, not Tentacle, broken or silent.</exception>
    public Task<long?> DeleteAsync(string name, CancellationToken cancellationToken) =>
        TakeAsync(TentacleVerb.Mv, name, static _ => Stream.Null, received: null, cancellationToken);

    /// <summary>Gives a file to the server.</summary>
    /// <param name="name">A safe file name.</param>
    /// <param name="source">The content, from its current position.</param>
    /// <param name="length">Bytes to send, 1 or more: a stock server refuses empty files (protocol.md, section 2).</param>
    /// <param name="sent">Told the number of bytes of each piece, for progress; may be null.</param>
    /// <param name="cancellationToken">Closes the connection and ends the call at once.</param>
    /// <exception cref="TentacleException">Bad name, refused, changed meanwhile, not Tentacle, broken or silent.</exception>
    public Task SendAsync(string name, Stream source, long length, Action<int>? sent, CancellationToken cancellationToken) =>
        OfferAsync(TentacleVerb.Send, name, source, length, sent, cancellationToken);

    /// <summary>Gives a file to the server as an archive (ZSEND).</summary>
    /// <param name="name">A safe file name.</param>
    /// <param name="source">The content, from its current position to its end.</param>
    /// <param name="sent">Told the number of compressed bytes of each piece, for progress; may be null.</param>
    /// <param name="cancellationToken">Closes the connection and ends the call at once.</param>
    /// <returns>Compressed bytes sent.</returns>
    /// <exception cref="TentacleException">Bad name, refused, not Tentacle, broken or silent.</exception>
    public async Task<long> SendCompressedAsync(string name, Stream source, Action<int>? sent, CancellationToken cancellationToken)
    {
        FileNameRules.RequireSafe(name);
        using var archive = _conversation.Local("ZSEND", name, static () => TemporaryFile.Create());
        _conversation.Local("ZSEND", name, () =>
        {
            ZipMember.Write(source, archive.Stream, name);
            return archive.Stream.Position = 0;
        });
        await OfferAsync(TentacleVerb.ZSend, name, archive.Stream, archive.Stream.Length, sent, cancellationToken).ConfigureAwait(false);
        return archive.Stream.Length;
    }

    /// <summary>Asks a server with the fast lane whether it takes files, without sending one (protocol.md, section 9).</summary>
    /// <param name="cancellationToken">Closes the connection and ends the call at once.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Refused"/>: it takes none; or not Tentacle, broken or silent.</exception>
    internal async Task CheckStorageAsync(CancellationToken cancellationToken)
    {
        using var step = _conversation.Begin("SEND", file: null, cancellationToken);
        var reply = await _conversation.AskAsync(TentacleCommand.Offer(TentacleVerb.Send, FileNameRules.ProbeName, 1)).ConfigureAwait(false);
        if (reply.Reason is RefusalReasons.BufferFull or RefusalReasons.NoSpace)
            throw _conversation.Refusal(reply);
    }

    /// <summary>Ends the session and waits until the server has closed: all it still had to do is done then.</summary>
    /// <param name="cancellationToken">Closes the connection and ends the call at once.</param>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        using var step = _conversation.Begin("QUIT", file: null, cancellationToken);
        await _conversation.Unanswered.ResyncAsync(_conversation.ReadReplyAsync).ConfigureAwait(false);
        _channel.Queue(TentacleCommand.Quit.ToBytes());
        await _channel.FlushAsync().ConfigureAwait(false);
        if (await _channel.ReadLineAsync().ConfigureAwait(false) is not null)
            throw _channel.Fail(TentacleErrorKind.Protocol, "answered QUIT instead of closing", inner: null);
        _channel.Dispose();
    }

    /// <summary>Begins to ask several things at once; until it is disposed that is the only way to ask.</summary>
    /// <param name="cancellationToken">Closes the connection and ends what is under way at once.</param>
    /// <param name="gap">Time between two commands to a stock server (protocol.md, section 10); null for one with the fast lane.</param>
    internal TentaclePipeline BeginPipeline(CancellationToken cancellationToken, Func<TimeSpan>? gap = null) => new(_channel, _conversation, gap, cancellationToken);

    /// <summary>Comes back when the conversation is in step again after a line that no server answers.</summary>
    /// <param name="cancellationToken">Closes the connection and ends the call at once.</param>
    /// <exception cref="TentacleException">Broken, silent or not Tentacle.</exception>
    internal async Task ResyncAsync(CancellationToken cancellationToken)
    {
        using var step = _conversation.Begin("RECV", file: null, cancellationToken);
        await _conversation.Unanswered.ResyncAsync(_conversation.ReadReplyAsync).ConfigureAwait(false);
    }

    /// <summary>Ends the session without waiting for the server, however that takes it: for those who have all the answers they need.</summary>
    /// <param name="cancellationToken">Closes the connection and ends the call at once.</param>
    internal async Task LeaveAsync(CancellationToken cancellationToken)
    {
        using var step = _conversation.Begin("QUIT", file: null, cancellationToken);
        try
        {
            _channel.Queue(TentacleCommand.Quit.ToBytes());
            await _channel.FlushAsync().ConfigureAwait(false);
        }
        catch (TentacleException)
        {
            // The server has closed first; nothing more was wanted of it.
        }

        _channel.Dispose();
    }

    /// <summary>Closes the connection without a word; a server of ours then keeps what was not confirmed.</summary>
    public void Dispose()
    {
        _channel.Abort();
        _channel.Dispose();
    }

    private async Task AuthenticateAsync(TentaclePassword password, CancellationToken cancellationToken)
    {
        using var step = _conversation.Begin("PASS", file: null, cancellationToken);
        _channel.Queue(TentacleCommand.Pass(password).ToBytes());
        await _channel.FlushAsync().ConfigureAwait(false);
        TentacleReply? reply;
        try
        {
            reply = await _conversation.ReadReplyAsync().ConfigureAwait(false);
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Disconnected)
        {
            reply = null;
        }

        if (reply is not { Verb: TentacleVerb.Pass, IsOk: true })
            throw _channel.Fail(TentacleErrorKind.AuthenticationFailed, "refused the password: it is wrong, or the server has none", inner: null);
        _conversation.HasAnswered = true;
    }

    private async Task OfferAsync(TentacleVerb verb, string name, Stream source, long length, Action<int>? sent, CancellationToken cancellationToken)
    {
        FileNameRules.RequireSafe(name);
        if (length <= 0)
            throw new TentacleException(TentacleErrorKind.Refused, $"'{name}' was not offered to {_channel.Peer}: it is empty, and the Tentacle protocol cannot send empty files.") { Peer = _channel.Peer, File = name, Step = TentacleText.Word(verb) }.Advise("Send it packed (-Compress), which can be empty, or leave it out.");
        using var step = _conversation.Begin(TentacleText.Word(verb), name, cancellationToken);
        var reply = await _conversation.AskAsync(TentacleCommand.Offer(verb, name, length)).ConfigureAwait(false);
        if (!reply.IsOk)
            throw _conversation.Refusal(reply);
        await _conversation.WithLocalErrorsAsync(() => _channel.SendContentAsync(source, length, sent)).ConfigureAwait(false);
        var outcome = await _conversation.ReadReplyAsync().ConfigureAwait(false);
        if (outcome is null)
            throw _channel.Fail(TentacleErrorKind.Disconnected, "closed the connection instead of confirming that it has the file", inner: null);
        _conversation.Check(outcome, verb);
        if (!outcome.IsOk)
            throw _conversation.Refusal(outcome);
    }

    private async Task TakeContentAsync(TentacleVerb verb, Stream destination, long size, Action<int>? received)
    {
        _channel.Queue(TentacleCommand.Confirm(verb).ToBytes());
        await _channel.FlushAsync().ConfigureAwait(false);
        if (size == 0)
            _conversation.Unanswered.Sent();
        await ReadContentAsync(destination, size, received).ConfigureAwait(false);
    }

    private Task ReadContentAsync(Stream destination, long size, Action<int>? received) =>
        _conversation.WithLocalErrorsAsync(() => _channel.ReadContentAsync(destination, size, received));

    /// <summary>Any answer but the confirmation declines what was announced (protocol.md, section 2).</summary>
    private async Task CancelAsync()
    {
        _channel.Queue(Cancel);
        await _channel.FlushAsync().ConfigureAwait(false);
        _conversation.Unanswered.Sent();
    }
}
