-- What Quarto's filters are documented to do with the parts that scorelib writes: numbers of figures and
-- tables, references, callouts, content for one format. It stands in for Quarto where Quarto cannot run.
local typst = FORMAT == "typst"
local titles, numbers, counts, heads = {}, {}, { fig = 0, tbl = 0 }, { 0, 0 }

local function raw(text) return pandoc.RawBlock("typst", text) end
local function kind_of(id) return (id or ""):match("^(%a+)%-") end

local function float(id, content, caption)
  local kind = kind_of(id)
  counts[kind] = counts[kind] + 1
  numbers[id] = tostring(counts[kind])
  local title = pandoc.utils.stringify(titles[kind .. "-title"])
  if typst then
    return { raw("#figure(["), content, raw("], caption: figure.caption(position: top, ["),
      pandoc.Plain(caption),
      raw(']), kind: "quarto-float-' .. kind .. '", supplement: "' .. title .. '", numbering: "1")\n<' .. id .. ">") }
  end
  local text = pandoc.Inlines { pandoc.Str(title .. "\u{a0}" .. numbers[id]), pandoc.Space() }
  text:extend(caption)
  return pandoc.Div({ pandoc.RawBlock("html", "<figure>"), content,
    pandoc.RawBlock("html", "<figcaption>"), pandoc.Plain(text), pandoc.RawBlock("html", "</figcaption></figure>") },
    pandoc.Attr(id))
end

local function floats(el)
  if el.t == "Figure" then
    local image = el.content[1].content[1]
    local alt = image.attributes["fig-alt"]
    image.attributes["fig-alt"] = nil
    image.attributes["alt"] = alt
    if typst then
      local quoted = alt:gsub('[\\"]', "\\%0")
      local shown = raw('#box(image("' .. image.src .. '", alt: "' .. quoted .. '", width: 100%))')
      return float(el.identifier, shown, pandoc.utils.blocks_to_inlines(el.caption.long))
    end
    return float(el.identifier, pandoc.Plain(image), pandoc.utils.blocks_to_inlines(el.caption.long))
  end
  if el.identifier:match("^tbl%-") then
    local caption = el.content[#el.content].content
    local table = el.content[1]
    if typst then
      -- Quarto takes pandoc's own figure away from around the table.
      local written = pandoc.write(pandoc.Pandoc({ table }), "typst"):gsub("^#figure%(", ""):gsub(",%s*kind: table%s*%)%s*$", "")
      table = raw("#" .. written:gsub("^%s+", ""))
    end
    return float(el.identifier, table, caption)
  end
  local kind = (el.classes[1] or ""):match("^callout%-(%a+)")
  if kind then
    local title = table.remove(el.content, 1).content
    if typst then
      local out = { raw("#callout(title: ["), pandoc.Plain(title), raw("], body: [") }
      for _, block in ipairs(el.content) do table.insert(out, block) end
      table.insert(out, raw('], background_color: rgb("#dae6fb"), icon_color: rgb("#0758E5"), icon: none, body_background_color: white)'))
      return out
    end
    table.insert(el.content, 1, pandoc.Div(pandoc.Plain(title), pandoc.Attr("", { "heading" })))
    return el
  end
  if el.classes:includes("content-visible") then
    return el.attributes["when-format"] == (typst and "typst" or "html") and el.content or {}
  end
end

local function sections(el)
  if el.level == 1 then heads = { heads[1] + 1, 0 } elseif el.level == 2 then heads[2] = heads[2] + 1 end
  numbers[el.identifier] = el.level == 1 and tostring(heads[1]) or heads[1] .. "." .. heads[2]
end

local function references(el)
  local cite = el.citations[1]
  local number = assert(numbers[cite.id], "nothing is called " .. cite.id)
  if typst then
    local words = pandoc.write(pandoc.Pandoc({ pandoc.Plain(cite.prefix) }), "typst"):gsub("%s+$", "")
    return pandoc.RawInline("typst", "#ref(<" .. cite.id .. ">, supplement: [" .. words .. "])")
  end
  local text = cite.prefix
  if #text > 0 then text:insert(pandoc.Str("\u{a0}")) end
  text:insert(pandoc.Str(number))
  return pandoc.Link(text, "#" .. cite.id, "", pandoc.Attr("", { "quarto-xref" }))
end

return {
  { Meta = function(meta) titles = meta.crossref end },
  { traverse = "topdown", Div = floats, Figure = floats },
  { Header = sections },
  { Cite = references },
}
