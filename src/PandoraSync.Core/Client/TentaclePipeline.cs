using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Transport;

namespace PandoraSync.Client;

/// <summary>
/// Several questions under way at once, towards a server with the fast lane (protocol.md, section 9) or a stock one (section 10). Answers
/// come in the order of the questions; whoever asks remembers that order, and reads each answer with the method that fits. To a stock server
/// each command goes by itself, and any answer but a content ends the connection, since its confirmation is under way already.
/// </summary>
internal sealed class TentaclePipeline : IDisposable
{
    // Enough for a few thousand files, which a long line needs to be kept busy.
    private const int MostBytes = 256 * 1024;

    // Sent by the half, so that many questions leave in one write and many answers come back in one.
    private const int FewBytes = MostBytes / 2;

    // A server must read a file once more before it deletes it by its content.
    private const double LeastBytesHashedPerSecond = 20e6;

    private static readonly byte[] Confirmation = TentacleCommand.Confirm(TentacleVerb.Recv).ToBytes();
    private static readonly byte[] MoveConfirmation = TentacleCommand.Confirm(TentacleVerb.Mv).ToBytes();
    private static readonly TentacleCommand Probe = TentacleCommand.Request(TentacleVerb.Recv, FileNameRules.ProbeName);
    private static readonly byte[] ProbeBytes = Probe.ToBytes();

    private readonly TentacleChannel _channel;
    private readonly Conversation _conversation;
    private readonly BackgroundSender _ahead;
    private readonly IDisposable _watch;
    private readonly TimeSpan _idleTimeout;
    private readonly Queue<int> _asked = new();
    private readonly bool _hasFastLane;
    private int _bytes;

    /// <summary>Begins; see <see cref="TentacleClient.BeginPipeline"/>.</summary>
    public TentaclePipeline(TentacleChannel channel, Conversation conversation, Func<TimeSpan>? gap, CancellationToken cancellationToken)
    {
        _hasFastLane = gap is null;
        _channel = channel;
        _conversation = conversation;
        _idleTimeout = channel.IdleTimeout;
        _watch = conversation.Begin("RECV", file: null, cancellationToken);
        _ahead = channel.BeginSendingAhead(gap);
        channel.ReadAheadBytes = BufferPool.BufferBytes;
    }

    /// <summary>True when so little is under way that it is time to ask more, until <see cref="IsFull"/>.</summary>
    public bool IsLow => _bytes <= FewBytes;

    /// <summary>True when answers must be read before more is asked.</summary>
    public bool IsFull => _bytes >= MostBytes;

    /// <summary>True if it ended by a file that cannot be asked for ahead.</summary>
    public bool BrokeByFile { get; private set; }

    /// <summary>Asks for a copy of a file; it is sent with the next <see cref="Send"/>.</summary>
    public void Receive(string name)
    {
        FileNameRules.RequireSafe(name);
        Ask(TentacleCommand.Request(TentacleVerb.Recv, name), Confirmation);
    }

    /// <summary>Has a file moved, whatever its content is by then; it is sent with the next <see cref="Send"/>.</summary>
    public void Move(string name)
    {
        FileNameRules.RequireSafe(name);
        Ask(TentacleCommand.Request(TentacleVerb.Mv, name), MoveConfirmation);
    }

    /// <summary>
    /// Asks a stock server whether it has a file; it is sent with the next <see cref="Send"/>. The question behind it declines the content that a server
    /// with the file announces; one without the file answers both.
    /// </summary>
    public void Look(string name)
    {
        FileNameRules.RequireSafe(name);
        Ask(TentacleCommand.Request(TentacleVerb.Recv, name), ProbeBytes);
    }

    /// <summary>
    /// Asks a stock server for a file that it does not have; it is sent with the next <see cref="Send"/>. One that has said less than it announced, or
    /// more, gives this answer in another place, or another answer in this one (protocol.md, section 10).
    /// </summary>
    public void AskProof() => Ask(Probe);

    /// <summary>Has a file deleted if it has this content; it is sent with the next <see cref="Send"/>.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="sha256">The content's SHA-256.</param>
    public void Delete(string name, string sha256)
    {
        FileNameRules.RequireSafe(name);
        Ask(TentacleCommand.Delete(name, sha256));
    }

    /// <summary>Sends what was asked, beside the reading of answers.</summary>
    public void Send() => _ahead.Begin();

    /// <summary>Reads the answer to <see cref="Receive"/> or <see cref="Move"/>.</summary>
    /// <param name="verb">RECV or MV.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="open">Told the announced size, gives the stream to write to.</param>
    /// <param name="received">Told the number of bytes of each piece, for progress.</param>
    /// <returns>Bytes received; null if the server has no such file.</returns>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Refused"/>: the server keeps it to itself, and the next answer can be read. All others end the connection.</exception>
    public async Task<long?> ReadFileAsync(TentacleVerb verb, string name, Func<long, Stream> open, Action<int>? received)
    {
        var reply = await ReadAsync(verb, name).ConfigureAwait(false);
        if (!_hasFastLane && reply.Size is null or 0)
            throw BreakOff($"answered '{reply}'", isFilesFault: true);
        if (reply.Size is not { } size)
            return RefusalReasons.IsMissing(reply) ? null : throw _conversation.Refusal(reply);
        Stream destination;
        try
        {
            destination = open(size);
        }
        catch
        {
            // The content comes all the same, and there is nowhere to put it.
            _channel.Abort();
            throw;
        }

        var beginning = _hasFastLane ? null : new ContentBeginning(destination);
        await _conversation.WithLocalErrorsAsync(() => _channel.ReadContentAsync(beginning ?? destination, size, received)).ConfigureAwait(false);
        return beginning is { MayBeAnswer: true } ? throw BreakOff("sent what may be the answer to another question") : size;
    }

    /// <summary>Reads the answer to <see cref="AskProof"/>.</summary>
    /// <exception cref="TentacleException">What was read since the last time is not proven: as if it had not come.</exception>
    public async Task ReadProofAsync() => RequireMissing(await ReadAsync(TentacleVerb.Recv, FileNameRules.ProbeName).ConfigureAwait(false));

    /// <summary>Reads the answer to <see cref="Look"/>.</summary>
    /// <returns>True if the server has the file.</returns>
    /// <exception cref="TentacleException">The connection has ended.</exception>
    public async Task<bool> ReadLookAsync(string name)
    {
        var reply = await ReadAsync(TentacleVerb.Recv, name).ConfigureAwait(false);
        if (reply.Size > 0)
            return true;
        if (!RefusalReasons.IsMissing(reply))
            throw BreakOff($"answered '{reply}'", isFilesFault: true);
        RequireMissing(await ReadReplyAsync(TentacleVerb.Recv).ConfigureAwait(false));
        return false;
    }

    /// <summary>Closes a connection that cannot go on because of what the file under way turned out to be.</summary>
    /// <param name="what">What the server did, as the end of a sentence that begins with its name.</param>
    /// <param name="isFilesFault">True if the file is to blame, and not the line.</param>
    public TentacleException BreakOff(string what, bool isFilesFault = false)
    {
        BrokeByFile |= isFilesFault;
        return _channel.Fail(TentacleErrorKind.Protocol, what, inner: null);
    }

    /// <summary>Reads the answer to <see cref="Delete"/>.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="length">The content's bytes.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Refused"/>: the server keeps it, and the next answer can be read. All others end the connection.</exception>
    public async Task<DeletionOutcome> ReadDeletionAsync(string name, long length)
    {
        TentacleReply reply;
        try
        {
            _channel.IdleTimeout = _idleTimeout + TimeSpan.FromSeconds(length / LeastBytesHashedPerSecond);
            reply = await ReadAsync(TentacleVerb.Del, name).ConfigureAwait(false);
        }
        finally
        {
            _channel.IdleTimeout = _idleTimeout;
        }

        if (reply.IsOk)
            return DeletionOutcome.Deleted;
        if (RefusalReasons.IsMissing(reply))
            return DeletionOutcome.Missing;
        return string.Equals(reply.Reason, RefusalReasons.OtherContent, StringComparison.Ordinal) ? DeletionOutcome.OtherContent : throw _conversation.Refusal(reply);
    }

    /// <summary>Comes back when all that was asked has left: the answers may be here before the last write knows of its end.</summary>
    /// <exception cref="TentacleException">The server has answered without reading what it was asked.</exception>
    public async Task CompleteAsync()
    {
        var left = _ahead.CompleteAsync();
        if (!left.IsCompleted && await Task.WhenAny(left, Task.Delay(_idleTimeout)).ConfigureAwait(false) != left)
            throw _channel.Fail(TentacleErrorKind.Timeout, $"did not take what was sent within {_idleTimeout.TotalSeconds:0.###} s", inner: null);
        await left.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _channel.ReadAheadBytes = TentacleLimits.MaxLineBytes;
        _watch.Dispose();
    }

    private void Ask(TentacleCommand question, byte[]? then = null)
    {
        var bytes = question.ToBytes();
        _ahead.Queue(bytes);
        if (then is not null)
            _ahead.Queue(then);
        _asked.Enqueue(bytes.Length + (then?.Length ?? 0));
        _bytes += bytes.Length + (then?.Length ?? 0);
    }

    private async Task<TentacleReply> ReadAsync(TentacleVerb verb, string name)
    {
        _channel.Step = TentacleText.Word(verb);
        _channel.File = name;
        var reply = await ReadReplyAsync(verb).ConfigureAwait(false);
        _bytes -= _asked.Dequeue();
        return reply;
    }

    private async Task<TentacleReply> ReadReplyAsync(TentacleVerb verb)
    {
        var reply = await _conversation.ReadReplyAsync().ConfigureAwait(false) ?? throw _conversation.ClosedInsteadOfAnswering(verb);
        _conversation.Check(reply, verb);
        return reply;
    }

    private void RequireMissing(TentacleReply reply)
    {
        if (!string.Equals(reply.Reason, RefusalReasons.Missing, StringComparison.Ordinal))
            throw BreakOff($"is out of step: it answered '{reply}'");
    }
}
