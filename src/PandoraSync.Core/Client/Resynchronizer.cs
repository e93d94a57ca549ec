using System;
using System.Diagnostics;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Transport;

namespace PandoraSync.Client;

/// <summary>
/// Brings a conversation back into step after a line that no server answers: a cancel, or the confirmation of an empty file. A stock
/// server takes two lines that arrive in one read for one (protocol.md, section 1), so whatever is said next may be swallowed with it.
/// Hence a pause, and then a question that does no harm if it is lost or asked twice: for a file that does not exist.
/// </summary>
internal sealed class Resynchronizer(TentacleChannel channel)
{
    // A server that waits for the line reads it within this time, unless its machine is very busy. Nothing tells that it has: what it
    // has acknowledged may still wait to be read.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    // After this time without an answer the question is taken for swallowed, and put once more in other words.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TentacleVerb[] Questions = [TentacleVerb.Recv, TentacleVerb.ZRecv];
    private readonly Stopwatch _since = new();

    /// <summary>Says that such a line has just been sent.</summary>
    public void Sent() => _since.Restart();

    /// <summary>Comes back when the server has shown that it reads commands again; at once if nothing unanswered was sent.</summary>
    /// <param name="readReply">Reads a reply, or null at the end of the connection.</param>
    /// <exception cref="TentacleException">Broken, silent or not Tentacle.</exception>
    public async Task ResyncAsync(Func<Task<TentacleReply?>> readReply)
    {
        if (!_since.IsRunning)
            return;
        _since.Stop();
        if (Pause > _since.Elapsed)
            await Task.Delay(Pause - _since.Elapsed).ConfigureAwait(false);
        var asked = await AskAsync().ConfigureAwait(false);

        // If the first question was only slow, both are answered, one after the other.
        for (var answers = Array.IndexOf(Questions, asked) + 1; answers > 0; answers--)
        {
            var reply = await readReply().ConfigureAwait(false) ?? throw channel.Fail(TentacleErrorKind.Disconnected, "closed the connection without an answer", inner: null);
            if (reply.Reason is null || Array.IndexOf(Questions, reply.Verb) < 0)
                throw channel.Fail(TentacleErrorKind.Protocol, $"gave an answer that does not fit: '{reply}'", inner: null);
            if (reply.Verb == asked)
                return;
        }

        throw channel.Fail(TentacleErrorKind.Protocol, "answered one question twice", inner: null);
    }

    private async Task<TentacleVerb> AskAsync()
    {
        var asked = TentacleVerb.Unknown;
        foreach (var question in Questions)
        {
            asked = question;
            channel.Queue(TentacleCommand.Request(question, FileNameRules.ProbeName).ToBytes());
            await channel.FlushAsync().ConfigureAwait(false);
            if (await IsAnsweredAsync().ConfigureAwait(false))
                break;
        }

        return asked;
    }

    /// <summary>Looks now and then: a read could not be given up again on every runtime, and its answer would be missing from the conversation.</summary>
    private async Task<bool> IsAnsweredAsync()
    {
        var clock = Stopwatch.StartNew();
        while (!channel.LooksDead())
        {
            if (clock.Elapsed > AskAgainAfter)
                return false;
            await Task.Delay(1).ConfigureAwait(false);
        }

        return true;
    }
}
