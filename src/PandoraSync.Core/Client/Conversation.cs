using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Transport;

namespace PandoraSync.Client;

/// <summary>A connection as questions and answers: every answer is checked, every error says who, what and where.</summary>
internal sealed class Conversation(TentacleChannel channel, TentacleClientOptions options)
{
    /// <summary>Keeps the conversation in step after lines that no server answers.</summary>
    public Resynchronizer Unanswered { get; } = new(channel);

    /// <summary>True once the server has answered something: it serves this connection.</summary>
    public bool HasAnswered { get; set; }

    /// <summary>Begins a step, which the token ends by closing the connection.</summary>
    /// <returns>Dispose it at the step's end.</returns>
    public IDisposable Begin(string step, string? file, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        channel.Step = step;
        channel.File = file;
        return channel.Watch(cancellationToken);
    }

    /// <summary>Says one command and reads its answer.</summary>
    /// <param name="command">The command.</param>
    /// <param name="ahead">What is said along with it, before the answer is known; only to a server with the fast lane.</param>
    public async Task<TentacleReply> AskAsync(TentacleCommand command, TentacleCommand? ahead = null)
    {
        if (channel.HasUnreadBytes)
            throw channel.Fail(TentacleErrorKind.Protocol, "sent more than it announced, perhaps because the file before was still growing", inner: null);
        await Unanswered.ResyncAsync(ReadReplyAsync).ConfigureAwait(false);
        channel.Queue(command.ToBytes());
        if (ahead is not null)
            channel.Queue(ahead.ToBytes());
        await channel.FlushAsync().ConfigureAwait(false);
        var reply = await ReadReplyAsync().ConfigureAwait(false);
        if (reply is null)
            throw ClosedInsteadOfAnswering(command.Verb);
        HasAnswered = true;
        Check(reply, command.Verb);
        return reply;
    }

    public async Task<TentacleReply?> ReadReplyAsync()
    {
        if (await channel.ReadLineAsync().ConfigureAwait(false) is not { } line)
            return null;
        return TentacleReply.Parse(new ArraySegment<byte>(line)) ?? throw channel.Fail(TentacleErrorKind.Protocol, $"is not speaking Tentacle: it answered '{ShowLine(line)}'", inner: null);
    }

    private static string ShowLine(byte[] line)
    {
        TentacleText.TryDecode(new ArraySegment<byte>(line), out var text);
        return TentacleText.Show(text.TrimEnd('\r'));
    }

    public void Check(TentacleReply reply, TentacleVerb verb)
    {
        if (reply.Verb != verb)
            throw channel.Fail(TentacleErrorKind.Protocol, $"gave an answer that does not fit: '{reply}'", inner: null);
    }

    /// <summary>An error of the local file in the middle of content leaves the conversation out of step, so the connection is closed.</summary>
    public async Task WithLocalErrorsAsync(Func<Task> transfer)
    {
        try
        {
            await transfer().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            channel.Abort();
            throw LocalFileError.Explain(e, channel.File ?? "file", channel.Step, channel.Peer);
        }
        catch (TentacleException e) when (e.Peer is null)
        {
            throw channel.Fail(e.Kind, $"sent what cannot be used: {e.Message}", e);
        }
        catch
        {
            channel.Abort();
            throw;
        }
    }

    /// <summary>Work on local files between two commands: its errors leave the conversation in step, so the connection stays open.</summary>
    public T Local<T>(string step, string name, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw LocalFileError.Explain(e, name, step, channel.Peer);
        }
    }

    public TentacleException ClosedInsteadOfAnswering(TentacleVerb verb)
    {
        var isListing = verb is TentacleVerb.Ls or TentacleVerb.Mv;
        if (!HasAnswered && options.Tls is { } tls)
            return channel.Fail(TentacleErrorKind.AuthenticationFailed, $"closed the connection after the TLS handshake: it may {(tls.Identity is null ? "want a client certificate" : "not trust the client certificate that it was shown")}{(options.Password is null ? ", or want a password" : string.Empty)}", inner: null)
                .Advise($"{(tls.Identity is null ? "Give -CertificatePath and -KeyPath if it wants a client certificate" : "Show a certificate of an authority that it trusts")}{(options.Password is null ? ", -Credential if it has a password" : string.Empty)}; its log has the reason.");
        if (!HasAnswered && options.Password is null)
            return channel.Fail(TentacleErrorKind.AuthenticationFailed, $"closed the connection without an answer: it may want TLS or a password{(isListing ? ", or not allow listing and moving (option -I of a stock server)" : string.Empty)}", inner: null)
                .Advise($"Give -CaPath or -Fingerprint if it uses TLS, -Credential if it has a password{(isListing ? "; with neither, start it with -I (insecure 1), which a buffer needs to be drained" : string.Empty)}.");
        return isListing
            ? channel.Fail(TentacleErrorKind.NotAllowed, "closed the connection without an answer: it does not allow listing and moving", inner: null).Advise("Start it with -I (insecure 1), or without -SendOnly where it is one of ours: a buffer needs that to be drained.")
            : channel.Fail(TentacleErrorKind.Disconnected, "closed the connection without an answer", inner: null);
    }

    public TentacleException Refusal(TentacleReply reply) =>
        new TentacleException(TentacleErrorKind.Refused, $"{channel.Peer} refused {(channel.File is { } file ? $"{channel.Step} of '{file}'" : channel.Step)}: {(string.IsNullOrEmpty(reply.Reason) ? reply.ToString() : TentacleText.Show(reply.Reason!))}.")
        {
            Peer = channel.Peer,
            File = channel.File,
            Step = channel.Step,
        }.Advise(RefusalReasons.Advice(reply.Reason));
}
