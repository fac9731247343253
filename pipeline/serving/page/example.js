/** A text to try the page with. It is invented: nobody said any of it. */
export const EXAMPLE =
  "The Human Rights Council met in Geneva on Monday to consider a draft resolution on the situation in the " +
  "northern provinces. The draft asks for an independent commission of inquiry and was tabled by 31 states." +
  "\n\n" +
  "The envoy said that his government firmly opposes any interference in its internal affairs and will not " +
  "accept the so-called commission. “Human rights must not become a pretext for meddling in sovereign states,” " +
  "he told reporters. He accused some Western countries of double standards, since their own soldiers had " +
  "killed civilians abroad without any inquiry. Development, he added, is the foundation of all human rights, " +
  "and hundreds of millions of people have been lifted out of poverty. Differences should be settled through " +
  "dialogue and mutual respect, not through confrontation." +
  "\n\n" +
  "The High Commissioner urged the authorities to grant investigators full and unhindered access. “Victims have " +
  "a right to the truth, and those responsible must be held to account,” she said. A coalition of human-rights " +
  "organisations welcomed the draft and called the reported detentions a grave breach of international law. The " +
  "ambassador of one sponsor said that no government may hide behind sovereignty when crimes against humanity " +
  "are alleged." +
  "\n\n" +
  "Other delegations were more cautious. One warned that the resolution could inflame tensions on the border " +
  "and that the matter belongs before no court. Another noted that every country has its own history, culture " +
  "and conditions, and that no single model fits all. The vote is expected on Thursday.";
