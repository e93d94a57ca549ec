using System;
using System.IO;
using System.Linq;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Support;

/// <summary>What a stock server does when commands reach it before it has answered those before (protocol.md, section 10), over each kind of line.</summary>
public sealed class StockServerAheadTests
{
    private const string Missing = "RECV ERR (file does not exist)";

    /// <summary>Every kind of line.</summary>
    public static TheoryData<SslProtocols> Lines { get; } = new(SslProtocols.None, SslProtocols.Tls12, SslProtocols.Tls13);

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Over_tls_commands_in_records_of_their_own_are_read_one_by_one_however_many_wait(SslProtocols version)
    {
        using var talk = new Talk(version);
        var files = AgentData.MakeMany(400);
        foreach (var file in files)
            talk.Server.Put(file);
        var asking = Task.Run(
            () =>
            {
                foreach (var file in files)
                    talk.Say($"RECV <{file.Name}>\n", "RECV OK\n");
            },
            TestContext.Current.CancellationToken);
        foreach (var file in files)
        {
            Assert.Equal($"RECV SIZE {file.Content.Length}", talk.ReadLine());
            Assert.Equal(file.Content, talk.Read(file.Content.Length));
        }

        await Eventually.Ends(asking, "the questions");
        talk.Say("RECV <.pandorasync>\n");
        Assert.Equal(Missing, talk.ReadLine());
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_question_and_its_confirmation_in_one_read_close(SslProtocols version)
    {
        using var talk = new Talk(version);
        talk.Say("RECV <a>\nRECV OK\n");
        Assert.Null(talk.ReadLine());
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_confirmation_with_the_next_question_is_a_no_and_the_next_confirmation_closes(SslProtocols version)
    {
        using var talk = new Talk(version);
        talk.Say("RECV <a>\n");
        Assert.Equal("RECV SIZE 4", talk.ReadLine());
        talk.Say("RECV OK\nRECV <b>\n");
        talk.Server.SawBy("RECV OK\nRECV <b>");
        talk.Say("RECV OK\n");
        Assert.Null(talk.ReadLine());
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_confirmation_with_a_whole_question_is_a_no_and_the_conversation_is_out_of_step(SslProtocols version)
    {
        using var talk = new Talk(version);
        talk.Say("RECV <a>\n");
        Assert.Equal("RECV SIZE 4", talk.ReadLine());
        talk.Say("RECV OK\nRECV <b>\nRECV OK\n");
        talk.Server.SawBy("RECV OK\nRECV <b>\nRECV OK");
        talk.Say("RECV <c>\n");
        Assert.Equal("RECV SIZE 6", talk.ReadLine());
        talk.Say("RECV OK\n");
        Assert.Equal("cccccc", Encoding.ASCII.GetString(talk.Read(6)));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_move_that_is_confirmed_together_with_the_next_one_leaves_both_files(SslProtocols version)
    {
        using var talk = new Talk(version);
        talk.Say("MV <a>\n");
        Assert.Equal("MV SIZE 4", talk.ReadLine());
        talk.Say("MV OK\nMV <b>\nMV OK\n");
        talk.Server.SawBy("MV OK\nMV <b>\nMV OK");
        talk.Say("RECV <.pandorasync>\n");
        Assert.Equal(Missing, talk.ReadLine());
        Assert.Equal(["a", "b", "c", "empty"], talk.Server.FileNames());
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void The_confirmation_of_a_missing_file_closes(SslProtocols version)
    {
        foreach (var verb in new[] { "RECV", "MV" })
        {
            using var talk = new Talk(version);
            talk.Say($"{verb} <missing>\n");
            Assert.Equal($"{verb} ERR (file does not exist)", talk.ReadLine());
            talk.Say($"{verb} OK\n");
            Assert.Null(talk.ReadLine());
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void The_confirmation_of_an_empty_file_closes_and_that_of_its_move_deletes_it(SslProtocols version)
    {
        using (var talk = new Talk(version))
        {
            talk.Say("MV <empty>\n");
            Assert.Equal("MV SIZE 0", talk.ReadLine());
            talk.Say("MV OK\n");
            talk.Server.SawBy("MV OK");
            talk.Say("RECV <.pandorasync>\n");
            Assert.Equal(Missing, talk.ReadLine());
            Assert.False(talk.Server.Has("empty"));
        }

        using (var talk = new Talk(version))
        {
            talk.Say("RECV <empty>\n");
            Assert.Equal("RECV SIZE 0", talk.ReadLine());
            talk.Say("RECV OK\n");
            Assert.Null(talk.ReadLine());
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_close_with_questions_unread_resets(SslProtocols version)
    {
        using var talk = new Talk(version);
        using var read = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        talk.Server.OnStep = moment =>
        {
            if (moment is { Point: StockPoint.Command, Command: "nonsense" })
            {
                read.Set();
                goOn.Wait(TimeSpan.FromSeconds(20));
            }
        };
        talk.Say("nonsense\n");
        Assert.True(read.Wait(TimeSpan.FromSeconds(20)));
        talk.Say("RECV <a>\n");
        goOn.Set();
        Assert.Null(talk.ReadLine());
        Assert.Equal(SocketError.ConnectionReset, talk.End);
    }

    [Fact]
    public void It_gives_up_after_four_seconds() =>
        Assert.Equal(TimeSpan.FromSeconds(4), new StockServerOptions().Timeout * (new StockServerOptions().Retries + 1));

    /// <summary>A server and a client that writes each text in a write, and so in a TLS record, of its own.</summary>
    private sealed class Talk : IDisposable
    {
        private readonly TcpClient _client = new() { NoDelay = true };
        private readonly Stream _stream;

        public Talk(SslProtocols version)
        {
            Server = new StockServer(new StockServerOptions { Certificate = version == SslProtocols.None ? null : TestCertificates.Site.Certificate, TlsVersions = version });
            Server.Put("a", "aaaa"u8.ToArray());
            Server.Put("b", "bbbbb"u8.ToArray());
            Server.Put("c", "cccccc"u8.ToArray());
            Server.Put("empty", []);
            _client.Connect(Server.EndPoint);
            _client.ReceiveTimeout = 20_000;
            _stream = _client.GetStream();
            if (version == SslProtocols.None)
                return;
            var tls = new SslStream(_stream, leaveInnerStreamOpen: false, static (_, _, _, _) => true);
            tls.AuthenticateAsClient("127.0.0.1");
            _stream = tls;
        }

        public StockServer Server { get; }

        /// <summary>How the connection ended; null if in good order.</summary>
        public SocketError? End { get; private set; }

        public void Say(params string[] writes)
        {
            foreach (var text in writes)
                _stream.Write(Encoding.ASCII.GetBytes(text));
        }

        public string? ReadLine()
        {
            var line = new StringBuilder();
            for (int next; (next = ReadByte()) >= 0;)
            {
                if (next == '\n')
                    return line.ToString();
                line.Append((char)next);
            }

            return null;
        }

        public byte[] Read(int count)
        {
            var content = new byte[count];
            _stream.ReadExactly(content);
            return content;
        }

        public void Dispose()
        {
            _client.Dispose();
            Server.Dispose();
        }

        private int ReadByte()
        {
            try
            {
                return _stream.ReadByte();
            }
            catch (IOException e) when (e.InnerException is SocketException broken)
            {
                End = broken.SocketErrorCode;
                return -1;
            }
        }
    }
}

internal static class StockServerWaits
{
    /// <summary>Comes back when the server has read a command and waits for the next.</summary>
    public static void SawBy(this StockServer server, string command) =>
        Assert.True(SpinWait.SpinUntil(() => string.Equals(server.Commands.LastOrDefault(), command, StringComparison.Ordinal), TimeSpan.FromSeconds(20)));
}
