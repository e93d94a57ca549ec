# Writes what the cmdlets of the loaded module are, as the tool beside it reads it: sets, parameters, and the defaults that a new object has.
param([Parameter(Mandatory)] [string]$Path)
$ErrorActionPreference = 'Stop'
$common = [Management.Automation.PSCmdlet]::CommonParameters

function Get-Default($Cmdlet, $Parameter, $Object) {
    $property = $Cmdlet.ImplementingType.GetProperty($Parameter.Name)
    if (-not $property) { return '' } # WhatIf and Confirm are the shell's own
    $value = $property.GetValue($Object)
    if ($value -is [switch]) { return 'False' }
    if ($value -is [array] -or $value -is [string]) { return $value -join ', ' }
    if ($value -is [enum]) { return "$value" }
    # Zero may mean that nothing is given, and the page says what counts then.
    if ($value -is [valuetype] -and -not $value.Equals([Activator]::CreateInstance($value.GetType()))) { return [string]::Format([cultureinfo]::InvariantCulture, '{0}', $value) }
    ''
}

$commands = foreach ($command in Get-Command -Module PandoraSync | Sort-Object Name) {
    $object = [Activator]::CreateInstance($command.ImplementingType)
    $parameters = [ordered]@{}
    foreach ($parameter in $command.Parameters.Values | Where-Object Name -NotIn $common | Sort-Object Name) {
        $attributes = @($parameter.Attributes | Where-Object { $_ -is [Management.Automation.ParameterAttribute] })
        # By the shell's own reading, in which switches have no position.
        $sets = foreach ($name in $parameter.ParameterSets.Keys | Sort-Object) {
            $attribute = $attributes | Where-Object ParameterSetName -EQ $name | Select-Object -First 1
            if (-not $attribute) { continue }
            [ordered]@{
                Name                            = if ($name -eq '__AllParameterSets') { '(All)' } else { $name }
                Position                        = if ($attribute.Position -eq [int]::MinValue) { 'Named' } else { "$($attribute.Position)" }
                IsRequired                      = $attribute.Mandatory
                ValueFromPipeline               = $attribute.ValueFromPipeline
                ValueFromPipelineByPropertyName = $attribute.ValueFromPipelineByPropertyName
                ValueFromRemainingArguments     = $attribute.ValueFromRemainingArguments
            }
        }
        $type = $parameter.ParameterType
        $plain = if ([Nullable]::GetUnderlyingType($type)) { [Nullable]::GetUnderlyingType($type) } else { $type }
        $accepted = @($parameter.Attributes | Where-Object { $_ -is [Management.Automation.ValidateSetAttribute] } | ForEach-Object { $_.ValidValues })
        if (-not $accepted -and $plain.IsEnum) { $accepted = [enum]::GetNames($plain) }
        $parameters[$parameter.Name] = [ordered]@{
            Type              = if ($plain -ne $type) { "System.Nullable``1[$($plain.FullName)]" } else { $type.FullName }
            DefaultValue      = if ($parameter.ParameterType -eq [switch]) { 'False' } else { Get-Default $command $parameter $object }
            SupportsWildcards = [bool]($parameter.Attributes | Where-Object { $_ -is [Management.Automation.SupportsWildcardsAttribute] })
            Aliases           = @($parameter.Aliases)
            ParameterSets     = @($sets)
            DontShow          = [bool]($attributes | Where-Object DontShow)
            AcceptedValues    = @($accepted)
            HelpMessage       = "$($attributes.HelpMessage | Select-Object -First 1)"
        }
    }
    if ($object -is [IDisposable]) { $object.Dispose() }
    $hidden = @($parameters.Keys | Where-Object { $parameters[$_].DontShow }) + 'none'
    [ordered]@{
        Name       = $command.Name
        Sets       = @(foreach ($set in $command.ParameterSets) {
                [ordered]@{ Name = if ($set.Name -eq '__AllParameterSets') { '(All)' } else { $set.Name }; IsDefault = $set.IsDefault; Syntax = "$set" -replace ' ?\[<CommonParameters>\]$' -replace " \[-($($hidden -join '|'))( <[^>]+>)?\]" }
            })
        Parameters = $parameters
    }
}
[IO.File]::WriteAllText($Path, (ConvertTo-Json @($commands) -Depth 6))
