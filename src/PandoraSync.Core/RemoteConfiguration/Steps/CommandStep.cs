using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration.Ends;

namespace PandoraSync.RemoteConfiguration.Steps;

/// <summary>
/// Sends commands to a site, each at most once. That a command is about to be sent is on disk before its first byte leaves; if then nobody can tell
/// whether it has arrived, because it is not there (any more), it is said and not sent again.
/// </summary>
internal sealed class CommandStep(SiteContext context)
{
    // So many that were deleted on the main side are remembered, should they come back.
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan WrittenSince = TimeSpan.FromSeconds(2);

    /// <summary>Sends what is new.</summary>
    /// <exception cref="TentacleException">The site cannot be reached any more.</exception>
    /// <exception cref="IOException">The main side's folder cannot be read, or it cannot be noted what is sent.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(context.Main.CommandFolder))
            return;
        var commands = MainSide.NamesIn(context.Main.CommandFolder, ConfigurationNames.Command);
        var agents = context.Agreements.Of(ConfigurationKind.Configuration).Where(a => a.State == AgreedState.Agreed).ToArray();
        var names = new HashSet<string>(agents.Select(a => a.Name), StringComparer.Ordinal);
        var waitedFor = new HashSet<string>(agents.SelectMany(a => a.Commands), StringComparer.Ordinal);
        var others = 0;
        foreach (var command in commands.OrderBy(c => c, StringComparer.Ordinal))
        {
            if (!ConfigurationNames.IsCommand(command) || !(waitedFor.Contains(command) || (ConfigurationNames.AgentOfCommand(command) is { } agent && names.Contains(agent))))
                others++;
            else
                await RunAsync(command, cancellationToken).ConfigureAwait(false);
        }

        if (others > 0)
            context.LogVerbose($"{others} commands are for no agent of this site");
        var gone = context.Agreements.Of(ConfigurationKind.Command).Where(c => !commands.Contains(c.Name)).ToArray();
        foreach (var command in gone.Take(gone.Length - MostRemembered))
            context.Agreements.Forget(command);
        foreach (var command in gone.Where(c => c.State != AgreedState.Deleted && context.Options.RemoveDeleted))
            await RemoveAsync(command, cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync(string name, CancellationToken cancellationToken)
    {
        var file = name + ConfigurationNames.Command;
        try
        {
            if (await ReadAsync(Path.Combine(context.Main.CommandFolder, file), cancellationToken).ConfigureAwait(false) is not { Length: > 0 } content)
                return;
            var command = new AgreedFile(ConfigurationKind.Command, name, ConfigurationNames.DigestOf(content));
            var known = context.Agreements.Find(ConfigurationKind.Command, name);
            var isKnown = string.Equals(known?.Digest, command.Digest, StringComparison.Ordinal);
            if (isKnown && known!.State != AgreedState.Sending)
                return;
            if (await IsThereAsync(command, cancellationToken).ConfigureAwait(false))
            {
                context.Agreements.Add(command, isLasting: true);
                context.LogVerbose($"{file} has arrived before");
            }
            else if (isKnown)
            {
                ReportUnconfirmed(file, "an earlier run was interrupted while it was sent");
            }
            else if (await context.MayAsync(ConfigurationDirection.Down, isRemoval: false, file, agent: null, "new on the main side").ConfigureAwait(false))
            {
                await SendAsync(command, content, known, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (TentacleException e)
        {
            Report(file, ConfigurationOutcome.Failed, "new on the main side", AgentsDown.WithAdvice(e));
        }
    }

    /// <summary>Reads a command that nobody is writing any more: of half a command and the whole one both would be run.</summary>
    private static async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (FileSystemCalls.StatusOf(path) is not { } before)
            return null;
        var age = DateTime.UtcNow - before.Modified;
        if (age >= TimeSpan.Zero && age < WrittenSince)
            await Task.Delay(WrittenSince - age, cancellationToken).ConfigureAwait(false);
        try
        {
            return FileSystemCalls.StatusOf(path) == before ? MainSide.ReadSmall(path, RemoteConfigurationOptions.DefaultMaxFileBytes) : null;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw LocalFileError.Explain(e, path, "read");
        }
    }

    private async Task SendAsync(AgreedFile command, byte[] content, AgreedFile? earlier, CancellationToken cancellationToken)
    {
        var file = command.Name + ConfigurationNames.Command;
        var hasLeft = false;
        context.Agreements.Add(command with { State = AgreedState.Sending }, isLasting: true);
        try
        {
            await context.Connections.UseOnceAsync(async client =>
            {
                hasLeft = true;
                await client.SendAsync(file, new MemoryStream(content), content.Length, sent: null, cancellationToken).ConfigureAwait(false);
                return true;
            }, cancellationToken).ConfigureAwait(false);
            context.Agreements.Add(command, isLasting: true);
            Report(file, ConfigurationOutcome.Copied, "new on the main side", error: null, content.Length);
        }
        catch (TentacleException e) when (!hasLeft || e.Kind == TentacleErrorKind.Refused)
        {
            // It certainly has not arrived.
            if (earlier is null)
                context.Agreements.Forget(command);
            else
                context.Agreements.Add(earlier);
            throw;
        }
        catch (TentacleException e)
        {
            if (await IsThereAsync(command, cancellationToken).ConfigureAwait(false))
            {
                context.Agreements.Add(command, isLasting: true);
                Report(file, ConfigurationOutcome.Copied, "new on the main side", error: null, content.Length);
            }
            else
            {
                ReportUnconfirmed(file, $"the line broke while it was sent ({e.Message.TrimEnd('.')})");
            }
        }
    }

    private Task<bool> IsThereAsync(AgreedFile command, CancellationToken cancellationToken) =>
        context.Connections.UseAsync(async client =>
        {
            var there = await SmallFiles.FetchAloneAsync(client, command.Name + ConfigurationNames.Command, RemoteConfigurationOptions.DefaultMaxFileBytes, cancellationToken).ConfigureAwait(false);
            return there.Content is { } content && string.Equals(ConfigurationNames.DigestOf(content), command.Digest, StringComparison.Ordinal);
        }, cancellationToken);

    /// <summary>Removes at the site what was deleted on the main side. It is remembered all the same, should it come back.</summary>
    private async Task RemoveAsync(AgreedFile command, CancellationToken cancellationToken)
    {
        var file = command.Name + ConfigurationNames.Command;
        const string reason = "deleted on the main side";
        try
        {
            if (!await context.MayAsync(ConfigurationDirection.Down, isRemoval: true, file, agent: null, reason).ConfigureAwait(false))
                return;
            var size = await context.Connections.UseAsync(async client =>
            {
                var bytes = await client.DeleteAsync(file, cancellationToken).ConfigureAwait(false);

                // The next answer shows that it has been deleted.
                await client.ProbeAsync(cancellationToken).ConfigureAwait(false);
                return bytes;
            }, cancellationToken).ConfigureAwait(false);
            context.Agreements.Add(command with { State = AgreedState.Deleted });
            if (size is not null)
                Report(file, ConfigurationOutcome.Removed, reason, error: null);
        }
        catch (TentacleException e)
        {
            Report(file, ConfigurationOutcome.Failed, reason, e);
        }
    }

    private void ReportUnconfirmed(string file, string why) => Report(
        file,
        ConfigurationOutcome.Unconfirmed,
        "it may have arrived, and is not sent again",
        context.Error(TentacleErrorKind.Disconnected, file, $"Whether '{file}' has arrived at {context.Site} is not known, since {why}, so it is not sent again: a command is never run twice.")
            .Advise("Look whether the agent has run it. If not, save the command under another name; delete this one in any case."));

    private void Report(string file, ConfigurationOutcome outcome, string reason, TentacleException? error, long bytes = 0) => context.Report(new ConfigurationChange
    {
        Site = context.Site,
        Kind = ConfigurationKind.Command,
        File = file,
        Direction = ConfigurationDirection.Down,
        Outcome = outcome,
        Reason = reason,
        Bytes = bytes,
        Error = error,
    });
}
