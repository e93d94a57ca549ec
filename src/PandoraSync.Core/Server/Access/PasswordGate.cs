using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Transport;

namespace PandoraSync.Server.Access;

/// <summary>Lets a client in whose first line gives the password (protocol.md, section 2: PASS). A wrong one ends the connection.</summary>
internal sealed class PasswordGate(TentaclePassword password, PasswordFailures failures, ServerStatistics statistics, Action<TentacleLogLevel, string> log)
{
    /// <summary>Reads the first line and answers it.</summary>
    /// <returns>True if the password is right.</returns>
    /// <exception cref="OperationCanceledException">The server stops.</exception>
    public async Task<bool> PassAsync(TentacleChannel channel, IPAddress address, CancellationToken stop)
    {
        channel.Step = "PASS";
        if (await channel.ReadLineAsync().ConfigureAwait(false) is not { } line)
            return false;
        var command = TentacleCommand.Parse(new ArraySegment<byte>(line));
        var isRight = command.Verb == TentacleVerb.Pass && password.Matches(command.Digest);
        var delay = failures.DelayFor(address);

        // Counted before the wait, so that guesses side by side slow each other.
        if (!isRight)
            failures.Failed(address);
        if (delay > TimeSpan.Zero)
        {
            log(TentacleLogLevel.Info, $"{channel.Peer} has to wait {delay.TotalSeconds:0.#} s, since wrong passwords came from there");
            await Task.Delay(delay, stop).ConfigureAwait(false);
        }

        if (!isRight)
        {
            statistics.Failed();
            log(TentacleLogLevel.Error, $"{channel.Peer} gave {(command.Verb == TentacleVerb.Pass ? "a wrong password" : "no password")}: closed");
            return false;
        }

        failures.Succeeded(address);
        channel.Queue(TentacleReply.Ok(TentacleVerb.Pass).ToBytes());
        await channel.FlushAsync().ConfigureAwait(false);
        return true;
    }
}
