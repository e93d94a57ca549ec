using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using CsCheck;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Transport.Tls;
using Xunit;

namespace PandoraSync.Tests.Faults;

/// <summary>
/// Random sequences of sending, listing, taking, removing, draining and crashing over lines that break: each file that a server has
/// accepted is, whole and with its own content, in exactly one of buffer, staging and incoming directory, or was removed on purpose,
/// and it reaches the incoming directory exactly once, under its own name. PANDORASYNC_FAULT_SEQUENCES sets how many (150 each by default); a
/// failure prints its seed, and CsCheck_Seed plays it again.
/// </summary>
public sealed class FaultSequenceTests
{
    private const int SideBySide = 24;
    private static readonly long Sequences = long.Parse(Environment.GetEnvironmentVariable("PANDORASYNC_FAULT_SEQUENCES") ?? "150", CultureInfo.InvariantCulture);
    private readonly TlsServerOptions _serverTls;
    private readonly TlsClientOptions _clientTls;

    public FaultSequenceTests()
    {
        var authority = CertificateIssuer.CreateAuthority(new CertificateOrder("faults", CertificateRole.Authority));
        var site = CertificateIssuer.Issue(authority, new CertificateOrder("site", CertificateRole.Server, ["127.0.0.1"]));
        _serverTls = new TlsServerOptions(TlsIdentity.FromIssued(site));
        _clientTls = new TlsClientOptions(PeerTrust.Create(authority.ToAuthorities()));
    }

    [Fact]
    public Task Whatever_breaks_a_server_of_ours_loses_doubles_and_tears_no_file() => PlayAsync(FaultStories.ForOurs, stock: false);

    [Fact]
    public Task Whatever_breaks_a_stock_server_that_is_asked_ahead_loses_doubles_tears_and_mixes_up_no_file() => PlayAsync(FaultStories.ForStock, stock: true);

    private async Task PlayAsync(Gen<FaultStory> stories, bool stock)
    {
        var (played, asked, lost, doubled, torn, mixedUp, hung) = (0, 0, 0, 0, 0, 0, 0);

        // The stories wait on threads of the pool, which would otherwise be too few for what they wait for.
        ThreadPool.GetMinThreads(out _, out var ports);
        ThreadPool.SetMinThreads(SideBySide * 4, ports);
        await Task.Run(() => stories.Sample(
            story =>
            {
                var (count, askedAhead) = FaultRun.PlayAsync(story, stock, _serverTls, _clientTls).GetAwaiter().GetResult();
                Interlocked.Increment(ref played);
                Interlocked.Add(ref asked, askedAhead);
                Interlocked.Add(ref lost, count.Lost);
                Interlocked.Add(ref doubled, count.Doubled);
                Interlocked.Add(ref torn, count.Torn);
                Interlocked.Add(ref mixedUp, count.MixedUp);
                Interlocked.Add(ref hung, count.Hung);
                Assert.True(count.IsNone, count.ToString());
            },
            iter: Sequences,
            threads: SideBySide), TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage($"{(stock ? "stock double" : "ours")}: {played} sequences, {asked} times asked ahead, {lost} lost, {doubled} doubled, {torn} torn, {mixedUp} mixed up, {hung} hung");
        Assert.True(played >= Sequences);
        Assert.Equal(stock, asked > 0);
    }
}
