using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using PandoraSync.Protocol;

namespace PandoraSync.Server.Access;

/// <summary>An address, or a network by its prefix.</summary>
internal sealed class AllowedNetwork
{
    // What comes before the IPv4 address in an IPv6 address that stands for one.
    private const int MappedBits = 96;

    private readonly byte[] _address;
    private readonly int _bits;

    private AllowedNetwork(byte[] address, int bits)
    {
        _address = address;
        _bits = bits;
    }

    /// <summary>Reads <c>10.0.0.1</c>, <c>10.0.0.0/8</c>, <c>10.0.0.0/255.0.0.0</c>, <c>fe80::/10</c> or <c>[fe80::]/10</c>.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: none of these.</exception>
    public static AllowedNetwork Parse(string text)
    {
        var parts = text.Trim().Split('/');
        if (parts.Length > 2 || !IPAddress.TryParse(parts[0].TrimStart('[').TrimEnd(']'), out var address) || !IsWrittenOut(parts[0]))
            throw Wrong(text);
        var bytes = address.GetAddressBytes();
        var bits = parts.Length == 1 ? bytes.Length * 8 : ParseBits(parts[1], bytes.Length * 8) ?? throw Wrong(text);
        return address.IsIPv4MappedToIPv6 && bits >= MappedBits
            ? new AllowedNetwork(address.MapToIPv4().GetAddressBytes(), bits - MappedBits)
            : new AllowedNetwork(bytes, bits);
    }

    /// <summary>Whether an address lies in it; an IPv4 address written as an IPv6 one counts as IPv4.</summary>
    public bool Contains(IPAddress address)
    {
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        if (bytes.Length != _address.Length)
            return false;
        for (var bit = 0; bit < _bits; bit += 8)
        {
            var mask = _bits - bit >= 8 ? 0xFF : 0xFF << (8 - (_bits - bit)) & 0xFF;
            if (((bytes[bit / 8] ^ _address[bit / 8]) & mask) != 0)
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "{0}/{1}", new IPAddress(_address), _bits);

    /// <summary>True for a number from 0 to 255 as it stands in an IPv4 address; a leading zero would make it octal for some readers.</summary>
    internal static bool IsPartOfAddress(string text) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && string.Equals(number.ToString(CultureInfo.InvariantCulture), text, StringComparison.Ordinal);

    /// <summary>False for the short and octal forms of IPv4 addresses: 10.1 stands for 10.0.0.1, which is not what somebody means who writes it.</summary>
    private static bool IsWrittenOut(string address) =>
        address.IndexOf(':') >= 0 || (address.Split('.') is { Length: 4 } numbers && numbers.All(IsPartOfAddress));

    private static int? ParseBits(string text, int most)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bits))
            return bits <= most ? bits : null;
        if (most != 32 || !IPAddress.TryParse(text, out var mask) || mask.AddressFamily != AddressFamily.InterNetwork)
            return null;
        var value = (uint)IPAddress.NetworkToHostOrder(BitConverter.ToInt32(mask.GetAddressBytes(), 0));
        var count = 0;
        for (; (value & 0x80000000) != 0; value <<= 1)
            count++;
        return value == 0 ? count : null;
    }

    private static TentacleException Wrong(string text) =>
        new(TentacleErrorKind.Configuration, $"'{TentacleText.Show(text)}' is neither an address nor a network: write 10.0.0.1, 10.0.0.0/8 or fe80::/10.");
}
